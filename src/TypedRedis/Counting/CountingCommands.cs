using StackExchange.Redis;

namespace TypedRedis;

/// <summary>What the stores that count by periods do alike.</summary>
internal static partial class CountingCommands
{
    /// <summary>How many periods a range may have that is read.</summary>
    public const int MaxRange = 100_000;

    [LuaScript(File = "periods_delete.lua")]
    private static partial RedisScript DeleteScript { get; }

    /// <summary>Deletes periods of a slot, at most 1,000. Atomic.</summary>
    /// <returns>How many there were.</returns>
    public static async ValueTask<long> DeleteAsync(RedisContext redis, ModelSchema schema, RedisKey[] keys, CancellationToken cancellationToken)
        => keys.Length == 0 ? 0 : (long)await ScriptWait.Evaluate(DeleteScript, redis, schema, keys, [schema.RedisType], cancellationToken).ConfigureAwait(false);

    /// <summary>Deletes a hash that belongs to periods. Atomic.</summary>
    /// <returns>Whether there was one.</returns>
    public static async ValueTask<bool> DeleteHashAsync(RedisContext redis, ModelSchema schema, RedisKey key, CancellationToken cancellationToken)
    {
        try
        {
            return (long)await ScriptWait.Evaluate(DeleteScript, redis, schema, [key], ["hash"], cancellationToken).ConfigureAwait(false) == 1;
        }
        catch (RedisWrongTypeException error)
        {
            throw new RedisWrongTypeException(schema.Model, redis.FullKey(key), "hash", error);
        }
    }
}
