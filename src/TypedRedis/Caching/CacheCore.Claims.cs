using System.Buffers.Binary;
using System.Diagnostics;
using StackExchange.Redis;

namespace TypedRedis;

// The right to load.
internal sealed partial class CacheCore<TEntity, TKey, TMapper>
{
    /// <summary>A request for the right to load, and what stood when it was made.</summary>
    private sealed class Claim(int number, RedisValue token, long epoch, long tagClock)
    {
        public int Number { get; } = number;

        public RedisValue Token { get; } = token;

        public long Epoch { get; } = epoch;

        public long TagClock { get; } = tagClock;

        public long Version { get; set; }
    }

    private enum GrantKind
    {
        Hit,
        Claimed,
        Wait,
        Bypass,
        Outage,
    }

    private enum LoadKind
    {
        /// <summary>There is none that may be served.</summary>
        Missing,

        /// <summary>There is one, and it is due.</summary>
        Ahead,

        /// <summary>Somebody wants it anew.</summary>
        Forced,
    }

    private readonly record struct Grant(GrantKind Kind, long Version = 0, byte[]? Entry = null, long Remaining = 0, bool IsPending = false);

    // Calls a script of an entry.
    private async ValueTask<RedisResult> CallAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        long begun = CacheTelemetry.Begin();
        Activity? activity = CacheTelemetry.StartCall(Schema, "EVALSHA", script.Name);
        Exception? failure = null;
        try
        {
            return await ScriptWait.Evaluate(script, _redis, Schema, keys, arguments, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            failure = error;
            throw;
        }
        finally
        {
            CacheTelemetry.EndCall(begun, Schema, "EVALSHA", activity, failure);
        }
    }

    private async ValueTask<Grant> ClaimAsync(TKey key, RedisKey redisKey, Claim claim, long need, RedisValue mode)
    {
        if (!_breaker.TryEnter(_clock.Now))
        {
            return new Grant(GrantKind.Outage);
        }

        long sent = _clock.Precise;
        try
        {
            RedisResult reply = await CallAsync(CacheScripts.Claim, ClaimKeys(redisKey), ClaimArguments(redisKey, claim, need, mode), CancellationToken.None).ConfigureAwait(false);
            _breaker.Succeed();
            Grant grant = GrantOf(reply, claim, sent);
            if (grant.Entry is not null)
            {
                await CatchUpAsync().ConfigureAwait(false);
            }

            return grant;
        }
        catch (Exception error) when (CacheBreaker.IsOutage(error))
        {
            OnOutage(error);
            GiveBack(key, redisKey, claim);
            return new Grant(GrantKind.Outage);
        }
    }

    // Before an entry that a claim has brought is looked at, what messages may not have told of its tags.
    private ValueTask CatchUpAsync() => _channel.IsTrusted(_clock.Now) ? ValueTask.CompletedTask : _channel.ReadLogAsync(CancellationToken.None);

    private RedisValue[] ClaimArguments(RedisKey redisKey, Claim claim, long need, RedisValue mode)
        => Schema.Partitions == 0
            ? [claim.Token, _lease, 1, need, ShapeArgument, mode]
            : [claim.Token, _lease, 1, need, ShapeArgument, mode, .. ClaimQueueArguments(redisKey, claim.TagClock)];

    private static readonly RedisValue ShapeArgument = ShapeBytes();

    private static byte[] ShapeBytes()
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Schema.Shape);
        return bytes;
    }

    private Grant GrantOf(RedisResult reply, Claim claim, long sent)
    {
        var parts = (RedisResult[])reply!;
        long version = (long)parts[1];
        claim.Version = version;
        byte[]? third = parts.Length > 2 ? (byte[]?)parts[2] : null;
        switch ((string)parts[0]!)
        {
            case "hit":
                _clock.Observe(sent, version);
                return new Grant(GrantKind.Hit, version, third);
            case "pending":
                // Another version of the model may have written it. It counts all the same, and is read as well as it can be.
                _clock.Observe(sent, version);
                BinaryPrimitives.WriteUInt32LittleEndian(third.AsSpan(4), Schema.Shape);
                return new Grant(GrantKind.Hit, version, third, IsPending: true);
            case "wait":
                _clock.Observe(sent, version);
                return new Grant(GrantKind.Wait, version, Remaining: (long)parts[2]);
            case "bypass":
                return new Grant(GrantKind.Bypass);
            default:
                return new Grant(GrantKind.Claimed, version, third);
        }
    }

    private static RedisValue NewToken()
    {
        var token = new byte[CacheEntry.TokenSize];
        BinaryPrimitives.WriteInt64LittleEndian(token, ProcessId);
        BinaryPrimitives.WriteInt64LittleEndian(token.AsSpan(8), Interlocked.Increment(ref s_tokens));
        return token;
    }
}
