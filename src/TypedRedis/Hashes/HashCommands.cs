using StackExchange.Redis;

namespace TypedRedis;

/// <summary>The scripts of hash entities, and how values become arguments.</summary>
internal static partial class HashCommands
{
    [LuaScript(File = "hash_read.lua")]
    public static partial RedisScript ReadScript { get; }

    [LuaScript(File = "hash_read_indexed.lua", AllowUndeclaredKeys = true)]
    public static partial RedisScript ReadIndexedScript { get; }

    [LuaScript(File = "hash_write.lua")]
    public static partial RedisScript WriteScript { get; }

    [LuaScript(File = "hash_patch.lua")]
    public static partial RedisScript PatchScript { get; }

    [LuaScript(File = "hash_increment.lua")]
    public static partial RedisScript IncrementScript { get; }

    private static readonly RedisValue Marker = "1";

    /// <summary>Whether the values are those of an entity. Values without the one that every entity has are an error, not a gap.</summary>
    public static bool IsPresent(RedisContext redis, HashSchema schema, RedisKey key, ReadOnlySpan<RedisValue> values)
    {
        if (!values[schema.Presence].IsNull)
        {
            return true;
        }

        foreach (RedisValue value in values)
        {
            if (!value.IsNull)
            {
                throw new RedisWrongTypeException(schema.Model, redis.FullKey(key), inner: null, schema.FieldName(schema.Presence));
            }
        }

        return false;
    }

    /// <summary>The arguments of <c>hash_write.lua</c>.</summary>
    public static RedisValue[] WriteArguments(HashSchema schema, WriteMode mode, long expiry, ReadOnlySpan<RedisValue> values)
    {
        var arguments = new RedisValue[4 + 2 * (Count(values) + (schema.HasMarker ? 1 : 0))];
        arguments[0] = mode.Argument();
        arguments[1] = schema.PresenceName;
        arguments[2] = expiry;
        arguments[3] = schema.Counters.Length;
        int next = 4;
        foreach (int counter in schema.Counters)
        {
            arguments[next++] = schema.Names[counter];
            arguments[next++] = values[counter];
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (!values[i].IsNull && !schema.Counters.Contains(i))
            {
                arguments[next++] = schema.Names[i];
                arguments[next++] = values[i];
            }
        }

        if (schema.HasMarker)
        {
            arguments[next++] = schema.PresenceName;
            arguments[next] = Marker;
        }

        return arguments;
    }

    /// <summary>The arguments of HSET for a plain model. Boxed once each; the names are not boxed at all.</summary>
    public static object[] SetArguments(HashSchema schema, RedisKey key, ReadOnlySpan<RedisValue> values)
    {
        var arguments = new object[1 + 2 * values.Length];
        arguments[0] = key;
        for (int i = 0; i < values.Length; i++)
        {
            arguments[1 + 2 * i] = schema.NameBytes[i];
            arguments[2 + 2 * i] = values[i];
        }

        return arguments;
    }

    /// <summary>The entries of a plain model.</summary>
    public static HashEntry[] Entries(HashSchema schema, ReadOnlySpan<RedisValue> values)
    {
        var entries = new HashEntry[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            entries[i] = new HashEntry(schema.Names[i], values[i]);
        }

        return entries;
    }

    /// <summary>The arguments of <c>hash_patch.lua</c>. An assigned field whose value is null is removed.</summary>
    public static RedisValue[] PatchArguments(HashSchema schema, ReadOnlySpan<RedisValue> values, Func<int, bool> isAssigned)
    {
        int sets = Count(values);
        var removed = new List<RedisValue>();
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i].IsNull && isAssigned(i))
            {
                removed.Add(schema.Names[i]);
            }
        }

        var arguments = new RedisValue[3 + 2 * sets + removed.Count];
        arguments[0] = schema.PresenceName;
        arguments[1] = schema.SlidingMilliseconds;
        arguments[2] = sets;
        int next = 3;
        for (int i = 0; i < values.Length; i++)
        {
            if (!values[i].IsNull)
            {
                arguments[next++] = schema.Names[i];
                arguments[next++] = values[i];
            }
        }

        removed.CopyTo(arguments, next);
        return arguments;
    }

    /// <summary>Writes the entries of a plain model.</summary>
    public static Task<bool> SetAsync(IDatabase database, RedisKey key, HashEntry[] entries)
    {
        // The driver declares no result, but the task that it makes has one; should that change, it costs an allocation.
        Task task = database.HashSetAsync(key, entries);
        return task as Task<bool> ?? AnswerTrueAsync(task);
    }

    private static async Task<bool> AnswerTrueAsync(Task task)
    {
        await task.ConfigureAwait(false);
        return true;
    }

    private static int Count(ReadOnlySpan<RedisValue> values)
    {
        int count = 0;
        foreach (RedisValue value in values)
        {
            count += value.IsNull ? 0 : 1;
        }

        return count;
    }
}
