using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Deletes what stores by calendar periods keep.</summary>
internal static partial class PeriodKeys
{
    [LuaScript(File = "periods_delete.lua")]
    private static partial RedisScript DeleteScript { get; }

    /// <summary>Deletes keys of a slot, at most 1,000. Atomic.</summary>
    /// <param name="redis">The context.</param>
    /// <param name="schema">Names the model in errors, and the type of the keys where that is one.</param>
    /// <param name="keys">The keys, which need not exist.</param>
    /// <param name="types">The type of each, or of all.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <param name="head">What a string must begin with.</param>
    /// <returns>How many there were.</returns>
    /// <exception cref="RedisWrongTypeException">A key holds something else. Nothing was deleted.</exception>
    public static async ValueTask<long> DeleteAsync(
        RedisContext redis, ModelSchema schema, RedisKey[] keys, RedisValue[] types, CancellationToken cancellationToken, string head = "")
        => keys.Length == 0 ? 0 : (long)await ScriptWait.Evaluate(DeleteScript, redis, schema, keys, [head, .. types], cancellationToken).ConfigureAwait(false);
}
