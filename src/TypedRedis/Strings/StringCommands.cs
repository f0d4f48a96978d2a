using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>What the stores of all shapes that are Redis strings do.</summary>
internal static partial class StringCommands
{
    [LuaScript(File = "string_read.lua")]
    public static partial RedisScript ReadScript { get; }

    [LuaScript(File = "string_write.lua")]
    public static partial RedisScript WriteScript { get; }

    [LuaScript(File = "string_exchange.lua")]
    public static partial RedisScript ExchangeScript { get; }

    [LuaScript(File = "string_compare.lua")]
    public static partial RedisScript CompareScript { get; }

    /// <summary>Reads many values: one MGET per group of keys that share a slot; a script where the expiry starts anew, and where values are missing.</summary>
    /// <param name="redis">The context.</param>
    /// <param name="schema">The model.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="sliding">The expiry to start anew, in milliseconds, or 0.</param>
    /// <param name="receive">Takes the value of a position, or null.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public static async Task ReadManyAsync(
        RedisContext redis, ModelSchema schema, RedisKey[] keys, long sliding, Action<int, RedisValue> receive, CancellationToken cancellationToken)
    {
        if (sliding > 0)
        {
            await ReadByScriptAsync([.. Enumerable.Range(0, keys.Length)]).ConfigureAwait(false);
            return;
        }

        List<int[]> groups = SlotGroups.Of(redis, keys);
        var gaps = new List<int>();
        try
        {
            await Pipeline.RunAsync(
                redis,
                schema,
                groups.Count,
                i => (keys[groups[i][0]], Array.ConvertAll(groups[i], position => keys[position])),
                (_, group) => redis.Database.StringGetAsync(group),
                (i, _, values) =>
                {
                    for (int j = 0; j < values.Length; j++)
                    {
                        receive(groups[i][j], values[j]);
                        if (values[j].IsNull)
                        {
                            gaps.Add(groups[i][j]);
                        }
                    }
                },
                cancellationToken,
                chunkSize: CallsPerChunk(groups.Count, keys.Length)).ConfigureAwait(false);
        }
        catch (RedisServerException error) when (OperationErrors.IsTryAgain(error))
        {
            // A slot moves. A script is sent again until its keys are together.
            gaps = [.. Enumerable.Range(0, keys.Length)];
        }

        // MGET says nil for a key of another type too.
        await ReadByScriptAsync([.. gaps]).ConfigureAwait(false);

        Task ReadByScriptAsync(int[] positions)
        {
            RedisValue[] arguments = [sliding];
            return RunGroupsAsync(
                redis,
                schema,
                ReadScript,
                Array.ConvertAll(positions, position => keys[position]),
                _ => arguments,
                (i, value) => receive(positions[i], (RedisValue)value),
                cancellationToken);
        }
    }

    /// <summary>Reads many values by a script, which tells a value that is missing from a key of another type: one call per group of keys that share a slot.</summary>
    public static Task ReadByScriptAsync(RedisContext redis, ModelSchema schema, RedisKey[] keys, Action<int, RedisValue> receive, CancellationToken cancellationToken)
    {
        RedisValue[] arguments = [0];
        return RunGroupsAsync(redis, schema, ReadScript, keys, _ => arguments, (i, value) => receive(i, (RedisValue)value), cancellationToken);
    }

    /// <summary>Runs a script per group of keys that share a slot; each replies with an array, one place per key.</summary>
    /// <param name="redis">The context.</param>
    /// <param name="schema">The model.</param>
    /// <param name="script">The script.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="arguments">The arguments for a group, which is given as positions.</param>
    /// <param name="receive">Takes the reply for a position.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public static Task RunGroupsAsync(
        RedisContext redis,
        ModelSchema schema,
        RedisScript script,
        RedisKey[] keys,
        Func<int[], RedisValue[]> arguments,
        Action<int, RedisResult> receive,
        CancellationToken cancellationToken)
    {
        List<int[]> groups = SlotGroups.Of(redis, keys);
        return Pipeline.RunScriptAsync(
            redis,
            schema,
            script,
            groups.Count,
            i => (Array.ConvertAll(groups[i], position => keys[position]), arguments(groups[i])),
            (i, _, reply) =>
            {
                var replies = (RedisResult[])reply!;
                for (int j = 0; j < replies.Length; j++)
                {
                    receive(groups[i][j], replies[j]);
                }
            },
            cancellationToken,
            CallsPerChunk(groups.Count, keys.Length));
    }

    /// <summary>Writes many values whatever stands at their keys: one MSET per group of keys that share a slot; where they expire, one SET per value.</summary>
    /// <param name="redis">The context.</param>
    /// <param name="schema">The model.</param>
    /// <param name="keys">The keys, none of which stands twice.</param>
    /// <param name="valueOf">The value for a position.</param>
    /// <param name="expiry">Milliseconds; none where it is not positive.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public static async Task OverwriteManyAsync(RedisContext redis, ModelSchema schema, RedisKey[] keys, Func<int, RedisValue> valueOf, long expiry, CancellationToken cancellationToken)
    {
        if (expiry <= 0)
        {
            List<int[]> groups = SlotGroups.Of(redis, keys);
            try
            {
                await Pipeline.RunAsync(
                    redis,
                    schema,
                    groups.Count,
                    i => (keys[groups[i][0]], Array.ConvertAll(groups[i], position => KeyValuePair.Create(keys[position], valueOf(position)))),
                    (_, values) => redis.Database.StringSetAsync(values),
                    static (_, _, _) => { },
                    cancellationToken,
                    chunkSize: CallsPerChunk(groups.Count, keys.Length)).ConfigureAwait(false);
                return;
            }
            catch (RedisServerException error) when (OperationErrors.IsTryAgain(error))
            {
                // A slot moves. A command with one key finds its node.
            }
        }

        TimeSpan? lifetime = expiry > 0 ? TimeSpan.FromMilliseconds(expiry) : null;
        await Pipeline.RunAsync(
            redis,
            schema,
            keys.Length,
            i => (keys[i], valueOf(i)),
            (key, value) => redis.Database.StringSetAsync(key, value, lifetime, When.Always, CommandFlags.None),
            static (_, _, _) => { },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a value, or removes it where <paramref name="value"/> is null.</summary>
    /// <returns>The value before, or null.</returns>
    public static async ValueTask<RedisValue> ExchangeAsync(
        RedisContext redis, ModelSchema schema, RedisKey key, RedisValue value, long expiry, CancellationToken cancellationToken)
        => (RedisValue)await ScriptWait.Evaluate(ExchangeScript, redis, schema, [key], value.IsNull ? [expiry] : [expiry, value], cancellationToken).ConfigureAwait(false);

    /// <summary>Calls the script that writes a value, or removes it where <paramref name="value"/> is null, if the bytes that stand are the expected ones; null expects that there is none.</summary>
    /// <returns>For <see cref="IsDone"/>.</returns>
    public static ValueTask<RedisResult> CompareAsync(
        RedisContext redis, ModelSchema schema, RedisKey key, RedisValue expected, RedisValue value, long expiry, CancellationToken cancellationToken)
    {
        RedisValue condition = expected.IsNull ? "none" : "value";
        RedisValue token = expected.IsNull ? RedisValue.EmptyString : expected;
        RedisValue[] arguments = value.IsNull ? [condition, token, expiry] : [condition, token, expiry, value];
        return ScriptWait.Evaluate(CompareScript, redis, schema, [key], arguments, cancellationToken);
    }

    /// <summary>Whether the expected bytes stood there; if not, what does.</summary>
    public static bool IsDone(RedisResult reply, out RedisValue stored)
    {
        var parts = (RedisResult[])reply!;
        bool isDone = (long)parts[0] == 1;
        stored = isDone ? RedisValue.Null : (RedisValue)parts[1];
        return isDone;
    }

    /// <summary>Whether two values have the same bytes.</summary>
    public static bool AreEqual(RedisValue one, RedisValue other) => ((byte[]?)one).AsSpan().SequenceEqual((byte[]?)other);

    // So that a chunk of calls has about as many keys as one of single-key calls.
    private static int CallsPerChunk(int calls, int keys) => Math.Max(1, Pipeline.ChunkSize * calls / Math.Max(1, keys));
}
