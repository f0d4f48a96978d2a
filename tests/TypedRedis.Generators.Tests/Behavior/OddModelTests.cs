using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Behavior;

/// <summary>Models that are legal and seldom. What is emitted for each compiles without a warning.</summary>
public sealed class OddModelTests
{
    [Theory]
    [InlineData("a required member that the constructor takes too", """
        [RedisHash("m:{Id}"), Expires("1d")]
        public class M(int id) { public required int Id { get; init; } = id; public required string? Name { get; init; } }
        """)]
    [InlineData("a constructor that sets the required members", """
        [RedisHash("m:{Id}"), Expires("1d")]
        public class M
        {
            [System.Diagnostics.CodeAnalysis.SetsRequiredMembers] public M(int id, string name) { Id = id; Name = name; Lost = 0; }
            public required int Id { get; init; }
            public required string Name { get; init; }
            [RedisIgnore] public required int Lost { get; init; }
        }
        """)]
    [InlineData("parameters by reference, of any number, left out, and not nullable", """
        [RedisHash("m:{Id}"), Expires("1d")]
        public class M
        {
            public M(in int id, string name, int unused = 1, long @long = 3, params string[] tags) { Id = id; Name = name; Long = @long; Tags = tags; }
            public int Id { get; }
            public string? Name { get; }
            public long Long { get; }
            public string[] Tags { get; }
        }
        """)]
    [InlineData("private setters that the constructor makes up for", """
        [RedisHash("m:{Id}"), Expires("1d")]
        public class M(int id, string name) { public int Id { get; private set; } = id; public string Name { get; protected set; } = name; }
        """)]
    [InlineData("partial properties and the field keyword", """
        [RedisHash("m:{Id}"), Expires("1d")]
        public partial class M { public int Id { get; set; } public partial string Name { get; init; } public string Lazy => field ??= "x"; }
        public partial class M { public partial string Name { get => field ?? ""; init; } }
        """)]
    [InlineData("generic bases with constraints, nested", """
        public class Outer<T> where T : class?, System.IComparable<T>?
        {
            public class Base<U, V, W> where U : unmanaged where V : struct, System.Enum where W : notnull, new()
            {
                public U First { get; init; } = default;
                public W Second { get; init; } = new();
                public T Third { get; init; } = default!;
                public V Fourth { get; init; } = default;
                public System.Collections.Generic.Dictionary<string, (W A, T? B)[]?> Fifth { get; init; } = [];
            }
        }

        [RedisHash("m:{Id}"), Expires("1d")]
        public class M : Outer<string>.Base<int, System.DayOfWeek, System.Text.StringBuilder> { public int Id { get; set; } }
        """)]
    [InlineData("names that emitted code uses", """
        public enum Schema { Read, KeyOf }

        [RedisHash("m:{Key}:{Utf8Key}"), Expires("1d")]
        public record M(string Key, int Utf8Key, Schema Schema = Schema.KeyOf, int Read = 1, int? KeyOf = null, string? Value = null, string? @Field = null, string? M1 = null, int Assigned = 0)
        {
            [Counter] public int Core { get; set; }
            public int Context { get; init; } = 3;
            [RedisField("other")] public string? context { get; init; }
            [RedisField("more")] public int values { get; set; }
        }
        """)]
    [InlineData("key parts in lower case", """
        [RedisHash("m:{key}:{result}:{utf8Key}:{id}"), Expires("1d")]
        public record M(string key, int result, byte utf8Key, char id, string? entity);
        """)]
    [InlineData("arrays of arrays, nullable inside", """
        [RedisHash("m:{Id}"), Expires("1d")]
        public record M(int Id, int[][,]? Jagged, string?[]?[] Nullable, System.Collections.Generic.IReadOnlyDictionary<string, System.DateOnly?> Map);
        """)]
    [InlineData("an explicit implementation, an indexer, a static member, a hidden one", """
        public interface INamed { string Name { get; set; } }
        public class Base { public virtual string Title { get; set; } = ""; public object? Hidden { get; set; } protected internal int Inner { get; set; } }

        [RedisHash("m:{Id}"), Expires("1d")]
        public class M : Base, INamed
        {
            public int Id { get; set; }
            string INamed.Name { get; set; } = "";
            public int this[string key] => 0;
            public static int Count { get; set; }
            public new int Hidden { get; set; }
            public sealed override string Title { get => base.Title; }
        }
        """)]
    [InlineData("caches of odd models, with tags of odd members", """
        namespace @event
        {
            public enum @class { A }

            [CacheAside("m:{event}", Ttl = "1m", Tags = ["class:{class}", "tag:{tag}:{Small}", "writer:{Big}", "m-tags"])]
            public record M(int @event, @class? @class, string @tag, byte Small, System.UInt128 Big) { public int Field { get; set; } }

            public partial class Outer
            {
                [CacheAside("n:{Id}:{Day}", Ttl = "1m", Tags = ["of:{Day:yyyy}"]), WriteBehind]
                internal sealed class N { public int Id { get; set; } public System.DateOnly Day { get; set; } }
            }

            [System.Obsolete]
            [CacheAside("o:{Id}", Ttl = "1m", Tags = ["text:{Text}"])]
            public sealed class O { public int Id { get; set; } [System.Obsolete("gone")] public string? Text { get; set; } }
        }

        [CacheAside("p:{Id}", Ttl = "1m", Tags = ["text:{Text}"]), WriteThrough]
        public sealed class P
        {
            public int Id { get; set; }
        #nullable disable
            public string Text { get; set; }
        #nullable restore
        }
        """)]
    [InlineData("keywords as namespaces", """
        namespace @event.@class { public enum @int { A } [RedisHash("m:{Id}"), Expires("1d")] public record M(int Id, @int @in, @event.@class.@int? @out); }
        """)]
    [InlineData("a protected internal container, a record class, a struct around it", """
        public class Outer
        {
            protected internal struct Middle
            {
                [RedisString("m:{Id}"), Expires("1d")] internal record class M(int Id);
                [RedisHash("n:{Id}"), Expires("1d")] public sealed class N { public int Id { get; set; } public Kind Kind { get; set; } }
                public enum Kind { A }
            }
        }
        """)]
    [InlineData("a base whose setters emitted code calls, and whose field is required nowhere", """
        public abstract record Base { public System.DateTimeOffset? Deleted { get; set; } public abstract string Kind { get; } }

        [RedisHash("m:{Id}"), Expires("1d")]
        public sealed record M(int Id, string Name) : Base { public override string Kind => "m"; }
        """)]
    [InlineData("a counter among nullable members", """
        [RedisHash("m:{Id}")]
        public sealed class M { public System.Guid Id { get; init; } public string? A { get; set; } [Counter] public long N { get; private init; } public M(long n) => N = n; }
        """)]
    public void Compiles(string what, string source)
    {
        Assert.NotEmpty(what);
        Assert.NotEmpty(Generated.From("using TypedRedis;\n" + source).Files);
    }
}
