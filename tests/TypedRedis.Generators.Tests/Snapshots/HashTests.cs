using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Snapshots;

/// <summary>What is emitted for <c>[RedisHash]</c> models. Every snapshot compiles without a warning.</summary>
public sealed class HashTests
{
    [Fact]
    public void Typical() => Generated.Verify("""
        using System;
        using TypedRedis;

        namespace Shop;

        public enum Plan { Free, Pro }

        [RedisHash("user:{Id}"), Expires("30d", Sliding = true)]
        public sealed record User
        {
            public required long Id { get; init; }
            public required string Name { get; init; }
            public string? Nick { get; init; }
            public Plan Plan { get; init; }
            [Counter] public long Logins { get; init; }
            public DateTimeOffset CreatedAt { get; init; }
        }
        """);

    [Fact]
    public void Secrets_and_sizes() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [RedisHash("patient:{Id}"), Expires("30d")]
        public sealed class Patient
        {
            public required long Id { get; init; }
            [Encrypted] public required string Name { get; init; }
            public int Age { get; init; }
            [Encrypted(AllowPlaintext = true), Compressed(Threshold = "4KB"), MaxSize("1MB")] public string? History { get; init; }
            [Compressed(Algorithm = CompressionAlgorithm.Zlib)] public byte[]? Scan { get; init; }
            [MaxSize("200B")] public string? Remark { get; init; }
        }

        [RedisProjection<Patient>]
        public sealed partial class PatientScan
        {
            public byte[]? Scan { get; init; }
            public required string Name { get; init; }
        }
        """);

    [Fact]
    public void Every_encoding() => Generated.Verify("""
        using System;
        using System.Collections.Generic;
        using System.Net;
        using System.Numerics;
        using System.Text.Json.Serialization;
        using StackExchange.Redis;
        using TypedRedis;

        [assembly: RedisDefaults(JsonContext = typeof(App.AppJson))]

        namespace App;

        public enum Level : byte { Low, High }
        public readonly record struct Money(decimal Amount);
        public sealed record Address(string Street);

        public sealed class MoneyConverter : IRedisConverter<Money>
        {
            public static RedisValue Write(Money value) => value.Amount.ToString();
            public static Money Read(RedisValue value) => new(decimal.Parse(value!));
        }

        // The serializer's own generator does not run here.
        public sealed class AppJson() : JsonSerializerContext(null)
        {
            public static AppJson Default { get; } = new();
            protected override System.Text.Json.JsonSerializerOptions? GeneratedSerializerOptions => null;
            public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(Type type) => null;
        }

        public sealed class OtherJson() : JsonSerializerContext(null)
        {
            public static OtherJson Default { get; } = new();
            protected override System.Text.Json.JsonSerializerOptions? GeneratedSerializerOptions => null;
            public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(Type type) => null;
        }

        [RedisHash("sample:{Id}"), Expires(ExpiresAttribute.Never)]
        public sealed class Sample
        {
            public Guid Id { get; set; }
            public bool Boolean { get; set; }
            public char Character { get; set; }
            public sbyte SByte { get; set; }
            public byte Byte { get; set; }
            public short Int16 { get; set; }
            public ushort UInt16 { get; set; }
            public int Int32 { get; set; }
            public uint UInt32 { get; set; }
            public long Int64 { get; set; }
            public ulong UInt64 { get; set; }
            public Int128 Int128 { get; set; }
            public UInt128 UInt128 { get; set; }
            public BigInteger Big { get; set; }
            public Half Half { get; set; }
            public float Single { get; set; }
            public double Double { get; set; }
            public decimal Decimal { get; set; }
            public Guid Guid { get; set; }
            public DateOnly Date { get; set; }
            public TimeOnly Time { get; set; }
            public DateTime DateTime { get; set; }
            public DateTimeOffset Instant { get; set; }
            public TimeSpan Duration { get; set; }
            public Version Version { get; set; } = new();
            public Uri? Uri { get; set; }
            public string? Text { get; set; }
            public byte[]? Bytes { get; set; }
            public ReadOnlyMemory<byte> Memory { get; set; }
            public Level Level { get; set; }
            [RedisField(EnumFormat = EnumFormat.Number)] public Level? Number { get; set; }
            public IPAddress? Parsable { get; set; }
            public Rune? Rune { get; set; }
            public Address? Object { get; set; }
            public List<string?>? List { get; set; }
            public required IReadOnlyDictionary<string, Address[]> Map { get; set; }
            [RedisJson(typeof(OtherJson))] public (int X, int Y) Tuple { get; set; }
            [RedisJson] public int JsonNumber { get; set; }
            [RedisConverter(typeof(MoneyConverter))] public Money Price { get; set; }
            [RedisConverter(typeof(MoneyConverter)), RedisField("old price")] public Money? OldPrice { get; set; }
        }

        public readonly struct Rune : ISpanFormattable, ISpanParsable<Rune>
        {
            public string ToString(string? format, IFormatProvider? provider) => "";
            public bool TryFormat(Span<char> destination, out int written, ReadOnlySpan<char> format, IFormatProvider? provider) { written = 0; return true; }
            public static Rune Parse(string text, IFormatProvider? provider) => default;
            public static Rune Parse(ReadOnlySpan<char> text, IFormatProvider? provider) => default;
            public static bool TryParse(string? text, IFormatProvider? provider, out Rune result) { result = default; return true; }
            public static bool TryParse(ReadOnlySpan<char> text, IFormatProvider? provider, out Rune result) { result = default; return true; }
        }
        """);

    [Fact]
    public void Positional_record_with_defaults() => Generated.Verify("""
        using System;
        using TypedRedis;

        namespace Shop;

        public enum Plan { Free, Pro }

        [RedisHash("account:{Id}"), Expires("1h30m")]
        public sealed record Account(
            string Id,
            string Name,
            string? Nick = "none",
            Plan Plan = Plan.Pro,
            int Level = 1,
            byte Small = 3,
            double Ratio = double.NaN,
            decimal Limit = 10.5m,
            string Region = "eu\n",
            DateTime Since = default,
            char Letter = '\'')
        {
            public string Note { get; set; } = "";
        }
        """);

    [Fact]
    public void Class_with_initializers() => Generated.Verify("""
        using System;
        using System.Collections.Generic;
        using TypedRedis;

        namespace Shop;

        [RedisHash("cart:{#UserId}:items:{Slot}"), Expires("500ms")]
        public class Cart
        {
            private int _weight = 7;

            public int UserId { get; init; }
            public short Slot { get; init; }
            public List<string> Items { get; init; } = [];
            public string Currency { get; set; } = "EUR";
            public int Weight { get => _weight; set => _weight = value; }
            public string Label { get => field ?? "cart"; init; }
            public int Plain { get; set; }
            public string Loose { get; set; } = null!;
            public int Total => Plain * Weight;
            [RedisIgnore] public object? Tag { get; set; }
            public static int Count { get; set; }
            public int this[int index] => index;
            public int WriteOnly { set => Plain = value; }
            internal int Hidden { get; set; }
            [Counter] public int Edits { get; set; }
        }
        """);

    [Fact]
    public void Constructor_with_a_body() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [RedisHash("page:{Path}"), Expires("1d")]
        public sealed class Page
        {
            private readonly string _title;

            public Page(string path, string title, bool draft = true)
            {
                Path = path;
                _title = title;
                Draft = draft;
                Views = 1;
            }

            internal Page(int unused) : this("", "") { }

            public string Path { get; }
            public string Title => _title;
            public bool Draft { get; }
            public int Views { get; set; }
            public string Shout => Title.ToUpperInvariant();
        }
        """);

    [Fact]
    public void Inheritance() => Generated.Verify("""
        using System;
        using TypedRedis;

        namespace Shop;

        public abstract class Entity<TKey>
            where TKey : notnull
        {
            public required TKey Id { get; init; }
            public TKey? Parent { get; init; }
            public TKey[] Children { get; init; } = [];
            public DateTime CreatedAt { get; init; } = DateTime.UtcNow;
            public virtual string Kind { get; set; } = "entity";
            public abstract string Title { get; set; }
            [RedisField("n")] public virtual int Number { get; set; }
            public string Hidden { get; set; } = "base";
        }

        public class Middle : Entity<long>
        {
            public override string Title { get; set; } = "";
            public override int Number { get => base.Number; }
        }

        [RedisHash("item:{Id}"), Expires("1d")]
        public sealed class Item : Middle
        {
            public override string Kind { get; set; } = "item";
            public new int Hidden { get; set; }
            public string Own { get; init; } = "own";
        }
        """);

    [Fact]
    public void Nested_internal() => Generated.Verify("""
        using TypedRedis;

        namespace Shop.Internals;

        internal partial class Outer
        {
            public interface IMiddle
            {
                [RedisHash("inner:{Id}"), Expires("1d")]
                public sealed record Inner(int Id, Kind Kind, Inner.Deep? Level)
                {
                    public sealed record Deep(int Depth);
                }

                public enum Kind { A, B }
            }
        }
        """);

    [Fact]
    public void Global_namespace_and_keywords() => Generated.Verify("""
        using TypedRedis;

        [RedisHash("k:{Class}:{event}:{Key}:{Result}"), Expires("1d")]
        public sealed class @class
        {
            public required string Class { get; init; }
            public required int @event { get; init; }
            public required int Key { get; init; }
            public required int Result { get; init; }
            public string? @namespace { get; init; }
            public string? Values { get; init; }
            public string? Entity { get; init; }
            public string? Context { get; init; }
            public @enum Enum { get; init; } = @enum.@default;
            [Counter] public long @long { get; set; }
        }

        public enum @enum { @default }
        """);

    [Fact]
    public void Key_parts() => Generated.Verify("""
        using System;
        using TypedRedis;

        namespace Shop;

        public enum Mode { Solo, Team }

        [RedisHash("board:{Mode}:{Day}:{Hour:yyyy-MM-ddTHH}:{At:yyyyMMdd}:{Time}:{#Tag}:{Guid:N}{Flag}:{Code}:{Number:D8}:{Item1}:{Big}"), Expires("1d")]
        public sealed record Board
        {
            public required Mode Mode { get; init; }
            public required DateOnly Day { get; init; }
            public required DateTime Hour { get; init; }
            public required DateTimeOffset At { get; init; }
            public required TimeOnly Time { get; init; }
            public required string Tag { get; init; }
            public required Guid Guid { get; init; }
            public required bool Flag { get; init; }
            public required char Code { get; init; }
            public required int Number { get; init; }
            public required byte Item1 { get; init; }
            public required UInt128 Big { get; init; }
        }
        """);

    [Fact]
    public void All_nullable() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [RedisHash("note:{Id}")]
        public sealed class Note
        {
            public required string Id { get; init; }
            public required string? Text { get; init; }
            public int? Stars { get; set; } = 5;
        }
        """);

    [Fact]
    public void Key_alone() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [RedisHash("seen:{Id}"), Expires("1w")]
        public sealed record Seen(string Id);
        """);

    [Fact]
    public void Without_nullable_annotations() => Generated.Verify("""
        #nullable disable
        using System.Collections.Generic;
        using TypedRedis;

        namespace Legacy
        {
            [RedisHash("customer:{Id}"), Expires("1d")]
            public class Customer
            {
                public Customer(string id) => Id = id;
                public string Id { get; private set; }
                public string Name { get; set; }
                public List<string> Tags { get; set; } = new List<string>();
                public int Age { get; set; }
            }
        }
        """);

    [Fact]
    public void Obsolete_members() => Generated.Verify("""
        using System;
        using System.Diagnostics.CodeAnalysis;
        using TypedRedis;

        namespace Shop;

        [RedisHash("old:{Id}"), Expires("1d")]
        public sealed class Old
        {
            public required int Id { get; init; }
            [Obsolete("Use Name.")] public string? Title { get; set; }
            [Obsolete("Gone soon.", DiagnosticId = "SHOP1")] public string? Subtitle { get; set; }
            [Experimental("SHOP2")] public string? Name { get; set; }
        }
        """);

    [Fact]
    public void Names_of_the_users_own() => Generated.Verify("""
        using TypedRedis;

        [assembly: RedisDefaults(FieldNaming = FieldNaming.CamelCase)]

        namespace Shop
        {
            public class Task { }
            public class Span { }
            public class String { }
            public class IEnumerable { }
            public class CancellationToken { }
            public class TypedRedis { }
            public class StackExchange { }
            public class RedisKey { }
            public class RedisValue { }
            public class ReadOnlySpan { }
            public class TR { }
            public class SYS { }
            public class global { }

            namespace System { public class Int32 { } }

            [RedisHash("user:{Id}", Name = "Account"), Expires("1d")]
            public sealed record User(int Id, global::System.Collections.Generic.List<Task> Tasks, global::System.TimeSpan Time, System.Int32 Odd, string URLPath);

            internal partial class AccountRepository
            {
                public int Mine => 1;
            }
        }
        """);

    [Fact]
    public void In_an_assembly_that_sees_the_runtimes_internals() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [RedisHash("friend:{Id}"), Expires("1d")]
        internal sealed record Friend(int Id, string Name);
        """, assembly: "TypedRedis.Tests");

    [Fact]
    public void With_dependency_injection() => Generated.Verify("""
        using TypedRedis;

        namespace My.Shop
        {
            [RedisHash("b:{Id}"), Expires("1d")]
            internal sealed record B(int Id, string Name);

            [RedisString("a:{Id}"), Expires("1d")]
            public sealed record A(int Id, string Name);
        }
        """, assembly: "My.Shop-Web", withDependencyInjection: true);
}
