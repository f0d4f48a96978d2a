using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Snapshots;

/// <summary>What is emitted for <c>[RedisHash]</c> models. Every snapshot compiles without a warning.</summary>
public sealed class HashTests
{
    [Fact]
    public void Typical() => Generated.Verify("""
        using System;
        using System.Collections.Generic;
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
}
