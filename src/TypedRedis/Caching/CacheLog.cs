using Microsoft.Extensions.Logging;

namespace TypedRedis;

/// <summary>What caches write to the log. No keys and no values: they can be secret, and there are many. Exceptions have their own messages, which can name them.</summary>
internal static partial class CacheLog
{
    public const string Category = "TypedRedis.Caching";

    [LoggerMessage(1, LogLevel.Warning, "{Cache}: the source failed.")]
    public static partial void SourceFailed(this ILogger logger, Exception error, string cache);

    [LoggerMessage(2, LogLevel.Warning, "{Cache}: an entry that should be readable is not, and is loaded again.")]
    public static partial void Undecodable(this ILogger logger, Exception error, string cache);

    [LoggerMessage(3, LogLevel.Warning, "{Cache}: Redis does not answer; reads go to the source.")]
    public static partial void Outage(this ILogger logger, Exception error, string cache);

    [LoggerMessage(4, LogLevel.Information, "{Cache}: messages may have been missed; the process's own level was cleared.")]
    public static partial void Lost(this ILogger logger, string cache);

    [LoggerMessage(5, LogLevel.Warning, "{Cache}: the log of invalidated tags was lost, by eviction or FLUSHALL; older entries are loaded again.")]
    public static partial void LostTagLog(this ILogger logger, string cache);
}
