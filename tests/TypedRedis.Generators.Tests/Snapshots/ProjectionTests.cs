using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Snapshots;

/// <summary>What is emitted for <c>[RedisProjection]</c> types.</summary>
public sealed class ProjectionTests
{
    private const string Model = """

        [RedisHash("user:{Id}"), Expires("30d")]
        public sealed record User
        {
            public required long Id { get; init; }
            public required string Name { get; init; }
            public string? Nick { get; init; }
            public System.Collections.Generic.List<string> Tags { get; init; } = [];
            public int Age { get; init; }
        }
        """;

    [Fact]
    public void Positional() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [RedisProjection<User>]
        public sealed partial record UserCard(long Id, string? Nick, string Name)
        {
            public string Title => Nick ?? Name;
            [RedisIgnore] public bool Selected { get; set; }
        }
        """ + Model);

    [Fact]
    public void Nested_class_with_initializers() => Generated.Verify("""
        using System.Collections.Generic;
        using TypedRedis;

        namespace Shop
        {
            public partial struct Views
            {
                internal partial record Pages
                {
                    [RedisProjection<global::Shop.User>]
                    private sealed partial class Row
                    {
                        public List<string> Tags { get; init; } = ["none"];
                        public int Age { get; set; } = -1;
                        public long Id { get; init; }
                        internal static void SetTags() { }
                    }
                }
            }
        
        """ + Model + "}");

    [Fact]
    public void Key_alone() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [RedisProjection<User>]
        internal sealed partial record UserId(long Id);
        """ + Model);

    [Fact]
    public void Of_a_model_in_another_assembly()
    {
        // Fields 0 and 1 are out of sight here: their order comes from the manifest.
        var library = Generated.From("""
            using TypedRedis;

            namespace Shop;

            [RedisHash("user:{Id}"), Expires("30d"), RedisIndex("ByLastAndId", nameof(Last), nameof(Id))]
            public sealed class User
            {
                public long Id { get; init; }
                public string First { get; internal set; } = "";
                public int? Second { get; internal init; }
                public string Größe { get; set; } = "";
                public string? Last { get; set; }
            }
            """, assembly: "Library");
        var generated = Generated.From("""
            using TypedRedis;

            namespace App;

            [RedisProjection<Shop.User>]
            public sealed partial record Card(long Id, string Größe, string? Last);
            """, assembly: "App", references: [library.ToReference()]);
        Snapshot.Verify(generated.Files);
    }
}
