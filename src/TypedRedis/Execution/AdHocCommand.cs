using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// Sends commands that the driver's oldest supported version has no method for. The only place that calls <c>ExecuteAsync</c>: there a null argument closes
/// the shared connection for everybody, and a key that is not a <see cref="RedisKey"/> misses the prefix and the cluster's routing.
/// </summary>
internal static class AdHocCommand
{
    /// <summary>Sends a command. Keys are boxed <see cref="RedisKey"/>s, other arguments <c>byte[]</c>, <see cref="RedisValue"/>, numbers or text; none is null.</summary>
    public static Task<RedisResult> ExecuteAsync(IDatabase database, string command, params object[] arguments)
    {
        foreach (object argument in arguments)
        {
            if (argument is null or RedisValue { IsNull: true })
            {
                throw new ArgumentException($"An argument of {command} is null.", nameof(arguments));
            }
        }

        return database.ExecuteAsync(command, arguments);
    }

    /// <summary>Sends a script with its text. The server keeps it, so that EVALSHA finds it next time.</summary>
    public static Task<RedisResult> EvaluateAsync(IDatabase database, RedisScript script, RedisKey[] keys, RedisValue[] arguments)
    {
        var all = new object[2 + keys.Length + arguments.Length];
        all[0] = script.Text;
        all[1] = keys.Length;
        int next = 2;
        foreach (RedisKey key in keys)
        {
            all[next++] = key;
        }

        foreach (RedisValue argument in arguments)
        {
            all[next++] = argument;
        }

        return ExecuteAsync(database, "EVAL", all);
    }

    /// <summary>Gives a server the script ahead of a pipeline of EVALSHA.</summary>
    public static Task LoadAsync(IDatabase database, RedisScript script)
        => ExecuteAsync(database, "SCRIPT", "LOAD", script.Text);
}
