using System.Buffers;
using StackExchange.Redis;

namespace TypedRedis;

// The process's own level.
internal sealed partial class CacheCore<TEntity, TKey, TMapper>
{
    /// <summary>Reads the process's own level: no round trip, nothing allocated where instances are shared.</summary>
    /// <param name="key">The key.</param>
    /// <param name="need">The lowest version that will do.</param>
    /// <param name="loader">What loads the entry anew where it is due; null where that is to be done later. Then an entry that is due is no answer.</param>
    /// <param name="value">The entity, or null where there is none.</param>
    public bool TryGetLocal(TKey key, long need, CacheLoader<TKey, TEntity>? loader, out TEntity? value)
    {
        if (_local is not null)
        {
            long now = _clock.Now;
            if (_channel.IsTrusted(now) && _local.TryGet(key, out LocalEntry<TEntity>? entry) && !entry.IsElsewhere && now < entry.Expires && entry.Version >= need && IsValid(entry))
            {
                if (now >= entry.Due)
                {
                    if (loader is null)
                    {
                        value = null;
                        return false;
                    }

                    StartRefresh(key, loader);
                }

                _channel.Touch(now);
                Hot.Sample(key);
                Counters.Add(CacheEvent.LocalHit);
                value = InstanceOf(key, entry);
                return true;
            }
        }

        value = null;
        return false;
    }

    private bool IsValid(LocalEntry<TEntity> entry)
    {
        long edition = Tags.Edition;
        if (entry.VerifiedEdition == edition)
        {
            return true;
        }

        if (!Tags.IsValid(entry.TagClock, entry.Tags))
        {
            return false;
        }

        entry.VerifiedEdition = edition;
        return true;
    }

    private TEntity? InstanceOf(TKey key, LocalEntry<TEntity> entry)
        => Schema.Instances switch
        {
            LocalInstances.Shared => entry.Value,
            LocalInstances.Cloned => entry.Value is null ? null : TMapper.Clone(entry.Value),
            _ => entry.Payload is null ? null : TMapper.Read(entry.Payload, Context(key.ToRedisKey())),
        };

    // Another instance of the same, for another caller.
    private TEntity? CopyOf(TKey key, TEntity? value)
    {
        if (value is null || Schema.Instances == LocalInstances.Shared)
        {
            return value;
        }

        if (Schema.Instances == LocalInstances.Cloned)
        {
            return TMapper.Clone(value);
        }

        var output = new ArrayBufferWriter<byte>();
        CodecContext context = Context(key.ToRedisKey());
        TMapper.Write(value, output, context);
        return TMapper.Read(output.WrittenSpan, context);
    }

    // What is read while messages may be missing is not kept, for nothing would tell of its end. In this order: a loss ends the trust first, and then the epoch.
    private long EpochOf(TKey key)
    {
        if (_local is null)
        {
            return Unkept;
        }

        long epoch = _local.EpochOf(key);
        return _channel.IsTrusted(_clock.Now) ? epoch : Unkept;
    }

    private void AddLocal(TKey key, long epoch, TEntity? value, byte[]? payload, int size, long fresh, long due, long version, long tagClock, ulong[]? tags)
    {
        if (_local is null || (Schema.HotTtl > TimeSpan.Zero && !Hot.IsHot(key, Schema.HotReads)))
        {
            return;
        }

        long expires = Math.Min(_clock.Now + _localTtl, fresh);
        if (Schema.HotCopies > 0 && value is not null)
        {
            if (SlotGroups.IsCluster(_redis.Connection))
            {
                _local.TryAdd(new LocalEntry<TKey, TEntity>(key, null, null, 0, Math.Min(due, expires), expires, version, tagClock, tags, isElsewhere: true), epoch);
            }

            return;
        }

        TEntity? held = Schema.Instances == LocalInstances.Decoded ? null : value;
        byte[]? bytes = Schema.Instances == LocalInstances.Decoded && value is not null ? payload : null;
        _local.TryAdd(new LocalEntry<TKey, TEntity>(key, held, bytes, size, Math.Min(due, expires), expires, version, tagClock, tags), epoch);
    }

    /// <summary>Something happened to a key in this process: whatever was read before does not count any more.</summary>
    public void Forget(TKey key)
    {
        _local?.Remove(key);
        if (_writes.TryRemove(key, out TaskCompletionSource? ended))
        {
            ended.TrySetResult();
        }

        if (_flights.TryGetValue(key, out CacheFlight<TEntity>? flight))
        {
            if (flight.IsLoading)
            {
                Leave(key, flight);
            }
            else
            {
                flight.Wake();
            }
        }
    }
}
