using System.Globalization;

namespace TypedRedis;

/// <summary>Writers that are in one another's way: each reads, and writes only if nobody else did meanwhile.</summary>
internal static class Contention
{
    // So long that of a hundred attempts beside many other writers, one succeeds.
    private const int LongestPause = 256;

    /// <summary>Waits between two attempts of a read and the write that depends on it: at random, and longer each time, up to a quarter of a second.</summary>
    public static Task PauseAsync(RedisContext redis, int attempt, CancellationToken cancellationToken)
        => Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * Math.Min(1 << Math.Min(attempt, 16), LongestPause)), redis.Options.TimeProvider, cancellationToken);

    /// <summary>The error of a writer that was too late in all its attempts.</summary>
    /// <param name="schema">The model.</param>
    /// <param name="key">The full key.</param>
    /// <param name="attempts">How many they were.</param>
    /// <param name="field">What others changed the last time, where that is known.</param>
    public static RedisConcurrencyException Exceeded(ModelSchema schema, string key, int attempts, string? field = null) => new(
        schema.Model,
        key,
        field,
        expected: null,
        actual: null,
        string.Create(CultureInfo.InvariantCulture, $"others changed it during {attempts} attempts. Try more often, or let fewer writers change one key."));
}
