using Microsoft.Extensions.Logging;

namespace TypedRedis;

/// <summary>What the workers of write-behind caches write to the log. No keys and no values, except in the messages of exceptions.</summary>
internal static partial class WriteBehindLog
{
    [LoggerMessage(20, LogLevel.Warning, "{Cache}: the source refused {Writes} writes together; they are tried one by one.")]
    public static partial void BatchRefused(this ILogger logger, Exception error, string cache, int writes);

    [LoggerMessage(21, LogLevel.Warning, "{Cache}: the source refused a write; it is tried again.")]
    public static partial void WriteRefused(this ILogger logger, Exception error, string cache);

    [LoggerMessage(22, LogLevel.Error, "{Cache}: a write was refused as often as declared, and is a dead letter now.")]
    public static partial void DeadLetter(this ILogger logger, Exception error, string cache);

    [LoggerMessage(23, LogLevel.Warning, "{Cache}: Redis does not answer the worker; what it has taken is written again when its lease ends.")]
    public static partial void WorkerOutage(this ILogger logger, Exception error, string cache);

    [LoggerMessage(24, LogLevel.Warning, "{Cache}: writes have been due for {Seconds} s that no worker has taken. Run one over the prefix '{Prefix}', or more of them.")]
    public static partial void NoWorker(this ILogger logger, string cache, long seconds, string prefix);
}
