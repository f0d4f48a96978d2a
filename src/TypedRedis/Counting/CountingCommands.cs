using StackExchange.Redis;

namespace TypedRedis;

/// <summary>What the stores that count by periods do alike.</summary>
internal static class CountingCommands
{
    /// <summary>How many periods a range may have that is read.</summary>
    public const int MaxRange = 100_000;

    /// <summary>Deletes periods of a slot, at most 1,000. Atomic.</summary>
    /// <returns>How many there were.</returns>
    public static ValueTask<long> DeleteAsync(RedisContext redis, ModelSchema schema, RedisKey[] keys, CancellationToken cancellationToken)
        => PeriodKeys.DeleteAsync(redis, schema, keys, [schema.RedisType], cancellationToken);

    /// <summary>Deletes a hash that belongs to periods. Atomic.</summary>
    /// <returns>Whether there was one.</returns>
    public static async ValueTask<bool> DeleteHashAsync(RedisContext redis, ModelSchema schema, RedisKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await PeriodKeys.DeleteAsync(redis, schema, [key], ["hash"], cancellationToken).ConfigureAwait(false) == 1;
        }
        catch (RedisWrongTypeException error)
        {
            throw new RedisWrongTypeException(schema.Model, redis.FullKey(key), "hash", error);
        }
    }
}
