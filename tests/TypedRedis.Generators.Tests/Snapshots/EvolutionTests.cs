using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Snapshots;

/// <summary>What versions and renamed fields add. Every snapshot compiles without a warning.</summary>
public sealed class EvolutionTests
{
    [Fact]
    public void Typical() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [RedisHash("user:{Id}", Version = 3, Upgrade = typeof(Upgrades.UserUpgrade)), Expires(ExpiresAttribute.Never)]
        public sealed record User
        {
            public required long Id { get; init; }
            [RedisField("mail", FormerNames = ["email", "e\"mail"])] public required string Mail { get; init; }
            [Counter, RedisField(FormerNames = ["visits"])] public long Logins { get; init; }
            public string? Note { get; init; }
        }

        public static class Upgrades
        {
            public readonly struct UserUpgrade : IModelUpgrade<User>
            {
                static void IModelUpgrade<User>.Upgrade(ModelFields fields, int fromVersion) => fields.Remove("x");
            }
        }
        """);

    [Fact]
    public void The_first_version() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [RedisHash("tag:{Id}", Version = 1), Expires("30d", Sliding = true)]
        public sealed record Tag(string Id, string? Text);
        """);

    [Fact]
    public void Renamed_fields_alone() => Generated.Verify("""
        using TypedRedis;

        namespace Shop;

        [RedisHash("tag:{Id}"), Expires(ExpiresAttribute.Never)]
        public sealed record Tag(string Id, [property: RedisField(FormerNames = new[] { "caption" })] string Text);
        """);
}
