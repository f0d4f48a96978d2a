using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Behavior;

/// <summary>Runs emitted code, in an assembly that the runtime lets make a <see cref="CodecContext"/>.</summary>
public sealed class EmittedCodeTests
{
    private const string Friend = "TypedRedis.Tests";

    private const string Usings = """
        using System;
        using System.Linq;
        using StackExchange.Redis;
        using TypedRedis;

        """;

    [Fact]
    public void Keys_are_parsed_back()
    {
        string result = Generated.From(Usings + """
            public enum Mode { Solo, Team }

            [RedisHash("board:{Mode}:{Day}:{Hour:yyyy-MM-ddTHH}:{Time}:{#Tag}:{Guid:N}{Flag}:{Code}:{Number:D8}:{Small}:{Big}"), Expires("1d")]
            public sealed record Board(
                Mode Mode, DateOnly Day, DateTime Hour, TimeOnly Time, string Tag, Guid Guid, bool Flag, char Code, int Number, byte Small, UInt128 Big);

            public static class Probe
            {
                public static string Run()
                {
                    BoardKey key = (Mode.Team, new DateOnly(2024, 2, 29), new DateTime(2024, 2, 29, 13, 59, 0), new TimeOnly(1, 2, 3), "a:b", Guid.Empty, true, '*', -7, byte.MaxValue, UInt128.MaxValue);
                    var entity = new Board(key.Mode, key.Day, key.Hour, key.Time, key.Tag, key.Guid, key.Flag, key.Code, key.Number, key.Small, key.Big);
                    bool parsed = BoardKey.TryParse(key.ToString(), out var other) && other == key && BoardHash.KeyOf(entity) == key;
                    return $"{key}|{parsed}|{BoardKey.TryParse(key + "x", out _)}|{key.Hour.Minute}";
                }
            }
            """, Friend).Run();

        Assert.Equal(
            "board:Team:2024-02-29:2024-02-29T13:0102030000000:{a%3Ab}:000000000000000000000000000000001:%2A:-00000007:255:340282366920938463463374607431768211455|True|False|0",
            result);
    }

    [Fact]
    public void Cached_entities_are_read_back_and_tagged_and_copied()
    {
        string result = Generated.From(Usings + """
            using System.Collections.Generic;

            public enum Season { Spring, Autumn }

            [CacheAside("product:{Id}", Ttl = "1m", JsonContext = typeof(Json), Tags = ["all", "category:{Category}", "brand:{Brand}:{Day:yyyy-MM}", "season:{Season}"])]
            public sealed record Product(long Id, string Category, string? Brand, DateOnly Day, Season? Season) { public int Stock { get; set; } }

            internal sealed class Json() : System.Text.Json.Serialization.JsonSerializerContext(null)
            {
                public static Json Default { get; } = new();
                protected override System.Text.Json.JsonSerializerOptions? GeneratedSerializerOptions => null;
                public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(Type type) => System.Text.Json.JsonSerializerOptions.Default.GetTypeInfo(type);
            }

            [CacheAside("draft:{Id}", Ttl = "1m")]
            public sealed class Draft { public required long Id { get; init; } public string? Text { get; set; } }

            public static class Probe
            {
                public static string Run()
                {
                    var context = new CodecContext(null!, ProductCacheMapper.Schema, default);
                    var product = new Product(7, "a:b", "x", new DateOnly(2024, 2, 29), Season.Autumn) { Stock = 3 };
                    var output = new System.Buffers.ArrayBufferWriter<byte>();
                    ProductCacheMapper.Write(product, output, context);
                    var read = ProductCacheMapper.Read(output.WrittenSpan, context);
                    var copy = ProductCacheMapper.Clone(product);
                    copy.Stock = 4;
                    var draft = new Draft { Id = 1, Text = "t" };
                    var other = DraftCacheMapper.Clone(draft);
                    other.Text = "u";
                    string Tags(Product of) => string.Join(",", ProductCacheMapper.TagsOf(of));
                    return string.Join("|", read == product, product.Stock, ReferenceEquals(copy, product), draft.Text, other.Id,
                        Tags(product), Tags(product with { Brand = null, Season = null }), ProductCacheMapper.KeyOf(product), ProductTag.Category("a:b") == CacheTag.Of("category:a"), ProductTag.All == CacheTag.Of("all"));
                }
            }
            """, Friend).Run();

        Assert.Equal("True|3|False|t|1|all,category:a%3Ab,brand:x:2024-02,season:Autumn|all,category:a%3Ab|product:7|False|True", result);
    }

    [Fact]
    public void Members_and_scores_are_read_back()
    {
        string result = Generated.From(Usings + """
            public enum Region { Eu, Us }

            [Leaderboard("board:{Mode}:{Day}"), UniqueCounter("seen:{#Mode}", PeriodUnits.AllTime)]
            public sealed record Run(string Mode, DateOnly Day, [property: Member] Region Region, [property: Member] string Name, [property: Member] ulong Id, [property: Score] long Points);

            [Leaderboard("text:{Id}")] public sealed record Text(int Id, [property: Member] string Name, [property: Score] double Points);
            [Leaderboard("number:{Id}")] public sealed record Number(int Id, [property: Member] short No, [property: Score] int Points);
            [Leaderboard("guid:{Id}")] public sealed record Token(int Id, [property: Member] Guid No, [property: Score] TimeSpan Time);

            public enum Kind { [Weight(1)] View, [Weight(2.5)] Like }

            [Trending("hot:{Id}", HalfLife = "1h")] public sealed record Hit(int Id, [property: Member] char Page, [property: Interaction] Kind Kind);

            public static class Probe
            {
                public static string Run()
                {
                    var run = new Run("a{b", new DateOnly(2024, 2, 29), Region.Us, "x:y", ulong.MaxValue, 1L << 53);
                    var key = RunLeaderboardMapper.KeyOf(run);
                    var context = new CodecContext(Contexts.Make(), RunLeaderboardMapper.Schema, key.ToRedisKey());
                    var member = RunLeaderboardMapper.WriteMember(RunLeaderboardMapper.MemberOf(run), context);
                    var read = RunLeaderboardMapper.ReadMember(member, context);
                    bool parsed = RunLeaderboardKey.TryParse(key.ToString(), out var other) && other == key;
                    string Of<T>(Func<T> action) { try { return action()!.ToString()!; } catch (Exception e) { return e.GetType().Name; } }
                    return string.Join("|",
                        key, parsed, RunLeaderboardKey.TryParse("board:a:2024-02-29", out _), RunLeaderboardKey.Pattern, RunUniqueCounterMapper.KeyOf(run),
                        member, read.Name, read.Id == run.Id, RunLeaderboardMapper.WriteScore(run.Points, context) == 9007199254740992.0,
                        Of(() => RunLeaderboardMapper.WriteScore((1L << 53) + 1, context)), Of(() => RunLeaderboardMapper.ReadMember("Us:x", context)), Of(() => RunLeaderboardMapper.ReadMember("Us:x:01", context)),
                        Of(() => RunLeaderboardMapper.WriteMember((Region.Eu, null!, 1), context)), Of(() => RunLeaderboardMapper.WriteMember((Region.Eu, "\ud800", 1), context)),
                        TextLeaderboardMapper.WriteMember("x:y", context), TextLeaderboardMapper.ReadMember("x:y", context), TextLeaderboardMapper.WriteScore(-0.0, context).ToString("R"),
                        NumberLeaderboardMapper.WriteMember(-7, context).IsInteger, NumberLeaderboardMapper.ReadMember("-7", context), Of(() => NumberLeaderboardMapper.ReadMember("32768", context)), NumberLeaderboardMapper.ReadScore(-5, context),
                        TokenLeaderboardMapper.ReadMember(TokenLeaderboardMapper.WriteMember(Guid.Empty, context), context), TokenLeaderboardMapper.ReadScore(TokenLeaderboardMapper.WriteScore(TimeSpan.FromTicks(15), context), context),
                        HitTrendMapper.WriteMember(':', context), HitTrendMapper.ReadMember("%3A", context), HitTrendMapper.WeightOf(new Hit(1, 'a', Kind.Like)), Of(() => HitTrendMapper.WeightOf(new Hit(1, 'a', (Kind)7))));
                }
            }
            """ + ContextFactory, Friend).Run();

        Assert.Equal(
            "{board:a%7Bb:2024-02-29}|True|False|{board:*:*}|seen:{a%7Bb}|Us:x%3Ay:18446744073709551615|x:y|True|True|RedisEncodeException|RedisDecodeException|RedisDecodeException|RedisEncodeException|RedisEncodeException"
                + "|x:y|x:y|0|True|-7|RedisDecodeException|-5|00000000-0000-0000-0000-000000000000|00:00:00.0000015|%3A|:|2.5|ArgumentOutOfRangeException",
            result);
    }

    [Fact]
    public void Values_are_read_back()
    {
        string result = Generated.From(Usings + """
            [Flags] public enum Rights { None, Read, Write }

            [RedisHash("sample:{Id}"), Expires("1d")]
            public sealed record Sample(
                int Id, bool B, char C, sbyte S, ulong U, Int128 I, System.Numerics.BigInteger N, Half H, double D, decimal M, Guid G, DateOnly Da, TimeOnly T,
                DateTime Dt, DateTimeOffset O, TimeSpan Ts, Version V, Uri L, string? Text, Rights R, [property: RedisField(EnumFormat = EnumFormat.Number)] Rights? Rn, System.Net.IPAddress P, int? Null);

            public static class Probe
            {
                public static string Run()
                {
                    var sample = new Sample(
                        1, true, 'ß', -1, ulong.MaxValue, Int128.MinValue, 3, (Half)1.5, -0.0, 1.10m, Guid.NewGuid(), DateOnly.MaxValue, TimeOnly.MaxValue, DateTime.UtcNow,
                        DateTimeOffset.Now, TimeSpan.FromTicks(1), new(1, 2), new("http://a/b"), "", Rights.Read | Rights.Write, Rights.Write, System.Net.IPAddress.Loopback, null);
                    var values = new RedisValue[SampleHash.Schema.FieldCount];
                    var key = SampleHash.KeyOf(sample);
                    var context = new CodecContext(null!, SampleHash.Schema, key.ToRedisKey());
                    SampleHash.Write(sample, values, context);
                    var read = SampleHash.Read(key, values, context);
                    return $"{read == sample}|{values[^1].IsNull}|{values[18]}|{values[19]}|{values.Count(static value => value.IsNull)}";
                }
            }
            """, Friend).Run();

        Assert.Equal("True|True|Read,Write|2|1", result);
    }

    [Fact]
    public void Parts_of_the_key_stand_behind_the_fields()
    {
        string result = Generated.From(Usings + """
            public enum Mode { Solo, Team }

            [RedisHash("board:{Mode}:{#Tenant}:{Day:yyyy-MM}:{Id}"), Expires("1d")]
            [RedisIndex("ByTenantAndName", nameof(Board.Tenant), nameof(Board.Name), Unique = true)]
            [RedisIndex("ByDayAndMode", nameof(Board.Day), nameof(Board.Mode), Exact = true)]
            public sealed record Board(Mode Mode, string Tenant, DateOnly Day, int Id, string Name);

            public static class Probe
            {
                public static string Run()
                {
                    BoardKey key = (Mode.Team, "a:b", new DateOnly(2024, 2, 29), 7);
                    var schema = BoardHash.Schema;
                    var values = new RedisValue[schema.FieldCount + schema.KeyParts];
                    var context = new CodecContext(null!, schema, key.ToRedisKey());
                    BoardHash.WriteParts(key, values, context);
                    var indexes = schema.Indexes.Select(static index => $"{index.Name} {index.Kind} {string.Join(",", index.Fields)} {index.SharesSlot}");
                    return $"{schema.IndexKey}|{string.Join("|", values)}|{string.Join("|", indexes)}";
                }
            }
            """, Friend).Run();

        Assert.Equal("board:{}:{#}:{}:{}||Team|a:b|2024-02-01|tenant_and_name Unique 2,0 True|day_and_mode Exact 3,1 False", result);
    }

    [Fact]
    public void Absent_fields_leave_initializers_alone()
    {
        string result = Generated.From(Usings + """
            public abstract class Base<T> where T : notnull
            {
                public T First { get; init; } = default!;
                public int Second { get; init; } = 2;
            }

            [RedisHash("m:{Id}"), Expires("1d")]
            public class Model : Base<string>
            {
                public int Id { get; init; }
                public string Init { get; init; } = "init";
                public string Set { get; set; } = "set";
                public string Coded { get => field ?? "coded"; init; }
                public int Plain { get; init; }
                public string? Null { get; init; } = "not null";
            }

            public static class Probe
            {
                public static string Run()
                {
                    var key = new ModelKey(7);
                    var context = new CodecContext(null!, ModelHash.Schema, key.ToRedisKey());
                    var values = new RedisValue[ModelHash.Schema.FieldCount];
                    string absent = Show(ModelHash.Read(key, values, context));
                    ModelHash.Write(new Model { Id = 7, First = "f", Second = 3, Init = "i", Set = "s", Coded = "c", Plain = 4, Null = "n" }, values, context);
                    return absent + "|" + Show(ModelHash.Read(key, values, context));
                }

                private static string Show(Model m) => $"{m.Id},{m.First},{m.Second},{m.Init},{m.Set},{m.Coded},{m.Plain},{m.Null}";
            }
            """, Friend).Run();

        Assert.Equal("7,,2,init,set,coded,0,|7,f,3,i,s,c,4,n", result);
    }

    [Fact]
    public void Absent_fields_take_the_defaults_of_parameters_and_required_ones_throw()
    {
        string result = Generated.From(Usings + """
            public enum Plan { Free, Pro }

            [RedisHash("p:{Id}"), Expires("1d")]
            public sealed record Positional(int Id, string Name, Plan Plan = Plan.Pro, string? Nick = "none", long Level = 5, float Ratio = 0.1f, byte Byte = 3);

            public static class Probe
            {
                public static string Run()
                {
                    var key = new PositionalKey(7);
                    var context = new CodecContext(new Context(), PositionalHash.Schema, key.ToRedisKey());
                    var values = new RedisValue[PositionalHash.Schema.FieldCount];
                    values[0] = "n";
                    string absent = PositionalHash.Read(key, values, context).ToString();
                    values[0] = RedisValue.Null;
                    try { PositionalHash.Read(key, values, context); return absent; }
                    catch (RedisDecodeException exception) { return absent + "|" + exception.Field; }
                }
            }
            """.Replace("new Context()", "Contexts.Make()") + ContextFactory, Friend).Run();

        Assert.Equal("Positional { Id = 7, Name = n, Plan = Pro, Nick = , Level = 5, Ratio = 0.1, Byte = 3 }|name", result);
    }

    [Fact]
    public void Patches_write_what_was_assigned()
    {
        string result = Generated.From(Usings + """
            [RedisHash("u:{Id}"), Expires("1d")]
            public sealed record User(int Id, string Name, string? Nick, int Age, string? City);

            public static class Probe
            {
                public static string Run()
                {
                    var patch = new UserPatch { Name = "Ann", Nick = null, City = "Rome" };
                    var values = new RedisValue[4];
                    patch.Write(values, new CodecContext(null!, UserHash.Schema, new UserKey(1).ToRedisKey()));
                    return string.Join(",", values.Select((value, index) => $"{patch.IsAssigned(index)}:{value}")) + new UserPatch().IsEmpty;
                }
            }
            """, Friend).Run();

        Assert.Equal("True:Ann,True:,False:,True:RomeTrue", result);
    }

    [Fact]
    public void A_projection_reads_the_fields_that_its_schema_names()
    {
        string result = Generated.From(Usings + """
            [RedisHash("u:{Id}"), Expires("1d")]
            public sealed record User(int Id, string Name, string? Nick, int Age, string City);

            [RedisProjection<User>]
            public sealed partial class Card
            {
                public required string City { get; init; }
                public int Age { get; init; } = -1;
                public int Id { get; private set; }
                public string? Name { get; init; } = "";
            }

            public static class Probe
            {
                public static string Run() => Show<Card>();

                private static string Show<T>() where T : class, IHashProjection<T, User, UserKey>
                {
                    var context = new CodecContext(null!, T.Schema, new UserKey(1).ToRedisKey());
                    var card = (Card)(object)T.Read(new UserKey(1), ["Rome", RedisValue.Null, "Ann"], context);
                    return $"{T.Schema.Model}:{string.Join(",", T.Schema.Names.Select(static name => name.ToString()))}:{card.Id},{card.City},{card.Age},{card.Name}";
                }
            }
            """, Friend).Run();

        Assert.Equal("Card:city,age,name:1,Rome,-1,Ann", result);
    }

    [Fact]
    public void Stores_are_registered_scoped()
    {
        string result = Generated.From(Usings + """
            using Microsoft.Extensions.DependencyInjection;

            [RedisHash("u:{Id}"), Expires("1d")]
            public sealed record User(int Id, string Name);

            public static class Probe
            {
                public static string Run()
                {
                    using var provider = new ServiceCollection().AddTypedRedisStores().AddSingleton(Contexts.Make()).BuildServiceProvider();
                    using var scope = provider.CreateScope();
                    var users = scope.ServiceProvider.GetRequiredService<UserRepository>();
                    return $"{users == scope.ServiceProvider.GetRequiredService<UserRepository>()}|{users == provider.GetRequiredService<UserRepository>()}";
                }
            }
            """ + ContextFactory, Friend, withDependencyInjection: true).Run();

        Assert.Equal("True|False", result);
    }

    // A context without a server: nothing that the tests call asks one.
    private const string ContextFactory = """

        public class Nothing : System.Reflection.DispatchProxy
        {
            protected override object? Invoke(System.Reflection.MethodInfo? method, object?[]? arguments)
                => method!.ReturnType == typeof(IDatabase) ? Create<IDatabase, Nothing>() : method.ReturnType.IsValueType && method.ReturnType != typeof(void) ? Activator.CreateInstance(method.ReturnType) : null;
        }

        public static class Contexts
        {
            public static RedisContext Make() => new(System.Reflection.DispatchProxy.Create<IConnectionMultiplexer, Nothing>());
        }
        """;
}
