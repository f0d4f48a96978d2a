using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis;

// Copies of hot entries in other slots. The process's own level has then which entry it is, and any copy of just that entry its value: so a copy is read where the level would be, and is as new.
internal sealed partial class CacheCore<TEntity, TKey, TMapper>
{
    // Between the hash tag and this stands the key.
    private static readonly byte[] CopySuffix = Encoding.ASCII.GetBytes(":~copy");

    private readonly ConcurrentDictionary<RedisKey, bool> _copying = new();

    /// <summary>What a copy has given, or where one is missing.</summary>
    private readonly record struct CopyRead(bool IsFound, TEntity? Value, RedisKey? Missing);

    /// <summary>The place of a copy: they are spread evenly over the slots, beginning at that of the entry.</summary>
    private RedisKey CopyKey(TKey key, RedisKey redisKey, int number)
    {
        int own = _redis.Connection.HashSlot(redisKey.Prepend(_redis.Prefix));
        int slot = (own + (number * SlotTags.SlotCount / (Schema.HotCopies + 1))) % SlotTags.SlotCount;
        return (byte[])[.. Encoding.ASCII.GetBytes(SlotTags.Of(_redis.Connection, slot)), .. (byte[])key.ToRedisKey()!, .. CopySuffix];
    }

    // One round trip, or none where it is the entry's own turn. It is not told of where Redis does not answer: then the entry is asked for, which may be on another node.
    private async ValueTask<CopyRead> TryReadCopyAsync(TKey key, RedisKey redisKey, long need, CacheLoader<TKey, TEntity>? loader, CancellationToken cancellationToken)
    {
        if (Schema.HotCopies == 0 || _local is null || KnownElsewhere(key, need, isDueToo: loader is not null) is not { } known || Random.Shared.Next(Schema.HotCopies + 1) is var number && number == 0)
        {
            return default;
        }

        RedisKey copyKey = CopyKey(key, redisKey, number);
        long begun = CacheTelemetry.Begin();
        Activity? activity = CacheTelemetry.StartCall(Schema, "GET");
        Exception? failure = null;
        byte[]? stored;
        try
        {
            stored = await WaitAsync(_redis.Database.StringGetAsync(copyKey, CommandFlags.DemandMaster), copyKey, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (CacheBreaker.IsOutage(failure = error))
        {
            OnOutage(error);
            return default;
        }
        catch (RedisWrongTypeException)
        {
            return new CopyRead(false, null, copyKey);
        }
        finally
        {
            CacheTelemetry.EndCall(begun, Schema, "GET", activity, failure);
        }

        if (!TryDecodeCopy(key, redisKey, known, stored, out TEntity? value))
        {
            return new CopyRead(false, null, copyKey);
        }

        if (_clock.Now >= known.Due)
        {
            StartRefresh(key, loader!);
        }

        Hot.Sample(key);
        Counters.Add(CacheEvent.RedisHit);
        Counters.Add(CacheEvent.CopyHit);
        return new CopyRead(true, value, null);
    }

    // The entry that the process knows to be the one that stands, by the rules of its own level.
    private LocalEntry<TEntity>? KnownElsewhere(TKey key, long need, bool isDueToo)
    {
        long now = _clock.Now;
        return _channel.IsTrusted(now) && _local!.TryGet(key, out LocalEntry<TEntity>? known) && known.IsElsewhere
            && now < (isDueToo ? known.Expires : known.Due) && known.Version >= need && IsValid(known)
            ? known
            : null;
    }

    // A copy of another entry of the key, an older or a newer one, is none.
    private bool TryDecodeCopy(TKey key, RedisKey redisKey, LocalEntry<TEntity> known, byte[]? stored, out TEntity? value)
    {
        value = null;
        CacheEntry copy = CacheEntry.Read(stored, Schema.Shape);
        return copy.State == EntryState.Value && copy.Version == known.Version && copy.TagClock == known.TagClock && TryDecode(key, redisKey, copy, out value);
    }

    // In the background, once at a time. It ends with the time for which it would be read, so that none stays behind whatever becomes of this process.
    private void StoreCopy(RedisKey? copyKey, RedisRead read)
    {
        CacheEntry entry = copyKey is null ? default : CacheEntry.Read(read.Stored, Schema.Shape);
        if (entry.State != EntryState.Value)
        {
            return;
        }

        long left = Math.Min(_localTtl, entry.FreshUntil - _clock.ServerNow);
        if (left > 0 && _copying.TryAdd(copyKey!.Value, true))
        {
            _ = StoreCopyAsync(copyKey.Value, read.Stored!, TimeSpan.FromMilliseconds(left));
        }
    }

    private async Task StoreCopyAsync(RedisKey copyKey, byte[] stored, TimeSpan left)
    {
        try
        {
            await WaitAsync(_redis.Database.StringSetAsync(copyKey, stored, left), copyKey, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is RedisException or RedisModelException or TimeoutException or ObjectDisposedException)
        {
            // The entry is read instead, and the next reader tries again.
            Counters.Add(CacheEvent.RedisFailure);
        }
        finally
        {
            _copying.TryRemove(copyKey, out _);
        }
    }
}
