namespace TypedRedis.Testing;

/// <summary>A server did not come up, for example because of a bad directive. The message ends with the end of the server's own log.</summary>
public sealed class RedisServerStartException : Exception
{
    internal RedisServerStartException(string message, string log) : base(message + Tail(log)) => Log = log;

    /// <summary>The whole log of the server.</summary>
    public string Log { get; }

    /// <summary>Whether another process had taken the port.</summary>
    internal bool IsPortTaken
        => Log.Contains("Failed listening on port", StringComparison.OrdinalIgnoreCase) || Log.Contains("Address already in use", StringComparison.OrdinalIgnoreCase);

    private static string Tail(string log)
    {
        var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length == 0 ? " It wrote nothing to its log." : $" The end of its log:\n  {string.Join("\n  ", lines.TakeLast(20))}";
    }
}
