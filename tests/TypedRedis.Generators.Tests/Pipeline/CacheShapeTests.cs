using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TypedRedis.Generators.Kinds.CacheAside;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Pipeline;

/// <summary>The hash of a cached model's form, and how readers get its instances.</summary>
public sealed class CacheShapeTests
{
    private const string Usings = "using System; using System.Collections.Generic; using System.Collections.Frozen; using System.Collections.Immutable; using System.Text.Json.Serialization;\n";

    private const string Graph = """
        public record Model(int Id, string Name, Address? Home, List<Item> Items, IReadOnlyDictionary<string, Item[]> Groups, Kind Kind);
        public class Address { public string City { get; set; } = ""; public Address? Next { get; set; } public Inner<int> Inner { get; init; } }
        public readonly record struct Inner<T>(T Value, Kind? Of);
        public class Item : Named { public decimal Price { get; set; } [JsonIgnore] public int Hidden { get; set; } private int Secret { get; set; } }
        public abstract class Named { [JsonPropertyName("n")] public string? Label { get; set; } }
        public enum Kind { A, B = 5 }
        """;

    [Theory]
    [InlineData("int Id, string Name", "string Name, int Id")]
    [InlineData("public decimal Price { get; set; } [JsonIgnore] public int Hidden { get; set; }", "[JsonIgnore] public int Hidden { get; set; } public decimal Price { get; set; }")]
    [InlineData("public int Hidden", "public long Concealed")]
    [InlineData("private int Secret", "private long Secrets")]
    [InlineData("A, B = 5", "B = 5, A = 0")]
    [InlineData("public record Model(int Id,", "public record Model([property: JsonPropertyOrder(3)] int Id,")]
    [InlineData("public class Address", "public sealed class Address")]
    [InlineData("[JsonPropertyName(\"n\")] public string? Label", "[Obsolete, JsonPropertyName(\"n\")] public virtual string? Label")]
    [InlineData("public class Item : Named {", "public class Item : Named { public static int Count { get; set; } public int this[int i] => i; public void Change() { }")]
    public void Does_not_depend_on(string before, string after) => Assert.Equal(Hash(Graph), Hash(Change(Graph, before, after)));

    [Theory]
    [InlineData("string Name", "string Title")]
    [InlineData("int Id", "long Id")]
    [InlineData("int Id", "int? Id")]
    [InlineData("string Name", "string? Name")]
    [InlineData(", Kind Kind", "")]
    [InlineData(", Kind Kind", ", Kind Kind, int More")]
    [InlineData("List<Item> Items", "List<Item?> Items")]
    [InlineData("List<Item> Items", "Item[] Items")]
    [InlineData("Item[]> Groups", "Address[]> Groups")]
    [InlineData("string City { get; set; } = \"\"", "int City { get; set; } = 0")]
    [InlineData("public string City", "internal string City")]
    [InlineData("Inner<int> Inner", "Inner<long> Inner")]
    [InlineData("(T Value,", "(T[] Value,")]
    [InlineData("Kind? Of", "Kind Of")]
    [InlineData("[JsonIgnore] public int Hidden", "[JsonIgnore(Condition = JsonIgnoreCondition.Never)] public int Hidden")]
    [InlineData("private int Secret", "[JsonInclude] private int Secret")]
    [InlineData("JsonPropertyName(\"n\")", "JsonPropertyName(\"m\")")]
    [InlineData("[JsonPropertyName(\"n\")] ", "")]
    [InlineData("public abstract class Named {", "public abstract class Named { public int More { get; }")]
    [InlineData("A, B = 5", "A, C = 5")]
    [InlineData("A, B = 5", "A, B = 6")]
    [InlineData("A, B = 5", "A, B = 5, C")]
    [InlineData("public enum Kind", "public enum Kind : long")]
    [InlineData("public enum Kind", "[JsonConverter(typeof(JsonStringEnumConverter<Kind>))] public enum Kind")]
    [InlineData("public class Item : Named", "[JsonDerivedType(typeof(Special), \"s\")] public class Item : Named")]
    public void Differs_by(string before, string after)
    {
        const string Special = "\npublic class Special : Item { public int More { get; set; } }";
        Assert.NotEqual(Hash(Graph + Special), Hash(Change(Graph + Special, before, after)));
    }

    [Fact]
    public void Derived_types_and_elements_count()
    {
        const string Source = "[JsonDerivedType(typeof(Model), \"m\"), JsonDerivedType(typeof(B), \"b\")] public record Model(Bag Bag); public record B(Bag Bag, int X) : Model(Bag); public class Bag : List<Thing>; public class Thing { public int Y { get; set; } }";
        Assert.NotEqual(Hash(Source), Hash(Change(Source, "int X", "long X")));
        Assert.NotEqual(Hash(Source), Hash(Change(Source, "int Y", "long Y")));
        Assert.Equal(Hash(Source), Hash(Change(Source, "JsonDerivedType(typeof(Model), \"m\"), JsonDerivedType(typeof(B), \"b\")", "JsonDerivedType(typeof(B), \"b\"), JsonDerivedType(typeof(Model), \"m\")")));
    }

    [Fact]
    public void Depends_on_the_version_and_not_on_namespaces_and_assemblies()
    {
        Assert.NotEqual(Hash(Graph, version: 1), Hash(Graph, version: 2));
        Assert.Equal(Hash(Graph), Hash($"namespace Some.Where {{ {Graph} }}"));
        Assert.Equal(Hash(Graph), Hash($"[assembly: System.Reflection.AssemblyVersion(\"2.0.0.0\")] {Graph}", assembly: "Other"));

        // What is moved to another assembly has the same form.
        string[] lines = Graph.Split('\n');
        using var image = new MemoryStream();
        Assert.True(Generated.Compile(Usings + string.Join('\n', lines[1..]), "Library").Emit(image).Success);
        Assert.Equal(Hash(Graph), Hash(lines[0], references: MetadataReference.CreateFromImage(image.ToArray())));
    }

    [Fact]
    public void Depends_on_how_the_serializer_context_writes_names()
    {
        const string Source = """
            [CacheAside("m:{Id}", Ttl = "1m", JsonContext = typeof(Json))] public sealed record Model(int Id);
            [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase), JsonSerializable(typeof(Model))]
            internal sealed class Json() : JsonSerializerContext(null)
            {
                public static Json Default { get; } = new();
                protected override System.Text.Json.JsonSerializerOptions? GeneratedSerializerOptions => null;
                public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(Type type) => null;
            }
            """;
        string Emitted(string before, string after) => Regex.Match(Generated.From("using TypedRedis; " + Usings + Change(Source, before, after)).Single(), "\"m:{}\", 0x([0-9a-f]{8})u").Groups[1].Value;
        Assert.Equal(8, Emitted("Model", "Model").Length);
        Assert.Equal(Emitted("Model", "Model"), Emitted(", JsonSerializable(typeof(Model))", ", JsonSerializable(typeof(Model)), JsonSerializable(typeof(string))"));
        Assert.NotEqual(Emitted("Model", "Model"), Emitted("CamelCase", "SnakeCaseLower"));
        Assert.NotEqual(Emitted("Model", "Model"), Emitted("JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase), ", ""));
    }

    [Fact]
    public void Two_types_of_one_name_are_two()
    {
        const string Types = "namespace A { public class Part { public int X { get; set; } } } namespace B { public class Part { public long Y { get; set; } } }";
        Assert.NotEqual(
            Hash("public record Model(A.Part One, B.Part Two, A.Part Three);" + Types),
            Hash("public record Model(A.Part One, B.Part Two, B.Part Three);" + Types));
    }

    [Fact]
    public void Types_without_an_end_have_one()
    {
        const string Source = "public record Model(Tree<int> Tree); public class Tree<T> { public Tree<List<T>>? Left { get; set; } public Tree<T[]>? Right { get; set; } public int Size { get; set; } }";
        Assert.NotEqual(Hash(Source), Hash(Change(Source, "int Size", "long Size")));
    }

    // The hash stands in entries: it must not change with the generator.
    [Fact]
    public void Stays_what_it_is()
    {
        const string Expected = """
            version 1
            0 class
              Home: Address#1?
              Id: Int64
              Names: List<String>
              Tag: Tag#2
            1 class
              City: String? [JsonPropertyNameAttribute(c)]
              Next: Address#1?
            2 enum
              of Int32
              One = 1

            """;
        var model = Model("public record Model(long Id, Address? Home, List<string> Names, Tag Tag); public class Address { [JsonPropertyName(\"c\")] public string? City { get; set; } public Address? Next { get; set; } } public enum Tag { One = 1 }", "Shop", []);
        Assert.Equal(Expected, ShapeText.Of(model, 1, context: null));
        Assert.Equal(0xef4a0474u, ShapeText.HashOf(model, 1, context: null));
    }

    [Theory]
    [InlineData("sealed record Model(int Id, string? Name, decimal Price, DateTime At, Kind? Kind);")]
    [InlineData("sealed record Model(Guid A, DateOnly B, TimeOnly C, DateTimeOffset D, TimeSpan E, Uri F, Version G, Half H, Int128 I, System.Numerics.BigInteger J);")]
    [InlineData("sealed record Model(ImmutableArray<int> A, ImmutableDictionary<string, Part> B, FrozenSet<Kind> C, KeyValuePair<int, string>? D, (int, string) E);")]
    [InlineData("sealed record Model(Part One, Part? Two, Point Three);")]
    [InlineData("sealed record Model(int Id) { public Model? Next { get; init; } public string Text => Id.ToString(); private readonly string _text = \"\"; public static int Count; }")]
    [InlineData("sealed class Model(int id, string name) { public int Id { get; } = id; public string Name { get; init; } = name; private readonly int _twice = id * 2; }")]
    [InlineData("sealed record Model(int Id) : Base(Id); public abstract record Base(int Number) { public required string Text { get; init; } }")]
    public void Shared(string model) => Assert.Equal((InstanceKind.Shared, "immutable"), Instances(model));

    [Theory]
    [InlineData("sealed record Model(int Id) { public string? Name { get; set; } }", "Name can be set")]
    [InlineData("sealed record Model(int Id) { public string? Name { get; private set; } }", "Name can be set")]
    [InlineData("sealed record Model(int Id) { private int _reads; public int Read() => _reads++; }", "_reads can be set")]
    [InlineData("sealed record Model(int Id) { public string Name { get; init; } = \"\"; public int Count; }", "Count can be set")]
    [InlineData("sealed record Model(int Id) : Base; public abstract record Base { public ImmutableList<Part>? Parts { get; set; } }", "Parts can be set")]
    [InlineData("sealed class Model { public int Id { get; set; } public Part? Part { get; set; } }", "Id can be set")]
    public void Cloned(string model, string reason) => Assert.Equal((InstanceKind.Cloned, reason), Instances(model));

    [Theory]
    [InlineData("record Model(int Id);", "it is not sealed")]
    [InlineData("sealed record Model(int Id, List<int> Parts);", "Parts is of type System.Collections.Generic.List<int>")]
    [InlineData("sealed record Model(int Id, int[] Parts);", "Parts is an array")]
    [InlineData("sealed record Model(int Id, byte[]? Parts);", "Parts is an array")]
    [InlineData("sealed record Model(int Id, ReadOnlyMemory<byte> Parts);", "Parts is of type System.ReadOnlyMemory<byte>")]
    [InlineData("sealed record Model(int Id, IReadOnlyList<int> Parts);", "Parts is of type System.Collections.Generic.IReadOnlyList<int>")]
    [InlineData("sealed record Model(int Id, object Any);", "Any is of type object")]
    [InlineData("sealed record Model(int Id, ImmutableArray<List<int>> Parts);", "Parts is of type System.Collections.Immutable.ImmutableArray<System.Collections.Generic.List<int>>")]
    [InlineData("sealed record Model(int Id, Open Part);", "Part is not sealed")]
    [InlineData("sealed record Model(int Id, Changing Part);", "Part.X can be set")]
    [InlineData("sealed record Model(int Id, Deep Part);", "Part.Inner.Items is an array")]
    [InlineData("sealed record Model(int Id) { private readonly List<int> _seen = []; }", "_seen is of type System.Collections.Generic.List<int>")]
    [InlineData("sealed record Model(int Id) { public event Action? Changed; }", "it has an event")]
    [InlineData("sealed record Model(int Id) { public int X { get; set; } private Model(Model other) => Id = 5; }", "it has a copy constructor of its own")]
    [InlineData("sealed class Model(int id) { public int Id => id; }", "it keeps a parameter of its constructor")]
    [InlineData("sealed class Model : List<int> { public int Id { get; init; } }", "it is a System.Collections.Generic.List<int>")]
    [InlineData("sealed class Model(int id) { public int Id { get; set; } = id; }", "Id can be set")]
    [InlineData("sealed class Model { public int Id { get; set; } private readonly int _x; }", "Id can be set")]
    [InlineData("sealed class Model { public int Id { get; set; } public int Twice { get => field; set => field = value * 2; } }", "Id can be set")]
    [InlineData("sealed class Model { public int Id { get; set; } public int Other { get; private set; } }", "Id can be set")]
    public void Decoded(string model, string reason) => Assert.Equal((InstanceKind.Decoded, reason), Instances(model));

    private static (InstanceKind Kind, string Reason) Instances(string source)
    {
        const string Others = """

            public enum Kind { A }
            public sealed record Part(string Name, Part? Next);
            public struct Point { public int X { get; set; } public int Y; }
            public class Open { public int X { get; init; } }
            public sealed class Changing { public int X { get; set; } }
            public readonly record struct Deep(Holder Inner);
            public sealed record Holder(int[] Items);
            """;
        var model = Model("public " + source + Others, "Shop", [], out var compilation);
        var instances = InstanceParser.Parse(model, isShared: false, new ParseContext(compilation, report: null, CancellationToken.None));
        return (instances.Kind, instances.Reason);
    }

    private static string Change(string source, string before, string after)
    {
        Assert.Contains(before, source, StringComparison.Ordinal);
        return source.Replace(before, after, StringComparison.Ordinal);
    }

    private static uint Hash(string source, int version = 1, string assembly = "Shop", params MetadataReference[] references)
        => ShapeText.HashOf(Model(source, assembly, references), version, context: null);

    private static INamedTypeSymbol Model(string source, string assembly, MetadataReference[] references) => Model(source, assembly, references, out _);

    private static INamedTypeSymbol Model(string source, string assembly, MetadataReference[] references, out CSharpCompilation compilation)
    {
        compilation = Generated.Compile(Usings + source, assembly, references);
        Assert.Empty(compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        return compilation.GetSymbolsWithName("Model", SymbolFilter.Type).OfType<INamedTypeSymbol>().Single();
    }
}
