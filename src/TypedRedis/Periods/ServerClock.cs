using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// What time it is on the server, as far as this process knows: a monotonic clock, set by what the server says. The machine's own wall clock does not matter. With another
/// <see cref="TimeProvider"/> than the system's, that one says the time. Thread-safe.
/// </summary>
internal sealed partial class ServerClock(TimeProvider time)
{
    // After this long it is set again, while nobody waits for it: clocks drift, and a failover changes the server.
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    private readonly long _origin = time.GetTimestamp();
    private long _offset = long.MinValue;      // the server's Unix milliseconds at the origin
    private long _setAt;
    private int _isSetting;

    [LuaScript(File = "server_time.lua")]
    private static partial RedisScript TimeScript { get; }

    /// <summary>Whether the server's clock rules.</summary>
    public bool IsServer { get; } = ReferenceEquals(time, TimeProvider.System);

    private long Elapsed => (long)time.GetElapsedTime(_origin).TotalMilliseconds;

    /// <summary>The time in Unix milliseconds. One round trip the first time.</summary>
    /// <param name="redis">The context.</param>
    /// <param name="schema">Names the model in errors.</param>
    /// <param name="key">A key of the node that is asked.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public ValueTask<long> NowAsync(RedisContext redis, ModelSchema schema, RedisKey key, CancellationToken cancellationToken)
        => TryGetNow(redis, schema, key, out long now) ? new(now) : AskAsync(redis, schema, key, cancellationToken);

    /// <summary>The time in Unix milliseconds, if it is known. See <see cref="NowAsync"/>.</summary>
    public bool TryGetNow(RedisContext redis, ModelSchema schema, RedisKey key, out long now)
    {
        if (!IsServer)
        {
            now = time.GetUtcNow().ToUnixTimeMilliseconds();
            return true;
        }

        long offset = Volatile.Read(ref _offset);
        if (offset == long.MinValue)
        {
            now = 0;
            return false;
        }

        long elapsed = Elapsed;
        if (elapsed - Volatile.Read(ref _setAt) > Age.TotalMilliseconds && Interlocked.Exchange(ref _isSetting, 1) == 0)
        {
            _ = SetAgainAsync(redis, schema, key);
        }

        now = offset + elapsed;
        return true;
    }

    /// <summary>Takes up what the server said just now.</summary>
    /// <param name="server">Its time in Unix milliseconds.</param>
    public void Observe(long server) => Set(server, Elapsed);

    private async ValueTask<long> AskAsync(RedisContext redis, ModelSchema schema, RedisKey key, CancellationToken cancellationToken)
    {
        long sent = Elapsed;
        RedisResult reply = await ScriptWait.Evaluate(TimeScript, redis, schema, [key], [], cancellationToken).ConfigureAwait(false);
        Set((long)reply, sent + ((Elapsed - sent) / 2));
        return Volatile.Read(ref _offset) + Elapsed;
    }

    private async Task SetAgainAsync(RedisContext redis, ModelSchema schema, RedisKey key)
    {
        try
        {
            await AskAsync(redis, schema, key, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is RedisException or TimeoutException or RedisModelException or ObjectDisposedException)
        {
            // The next write says if its periods are wrong.
        }
        finally
        {
            Volatile.Write(ref _isSetting, 0);
        }
    }

    private void Set(long server, long elapsed)
    {
        Volatile.Write(ref _setAt, elapsed);
        Volatile.Write(ref _offset, server - elapsed);
    }
}
