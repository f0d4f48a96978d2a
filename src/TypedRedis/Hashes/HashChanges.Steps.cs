using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis;

// Where the indexes stand in other slots than the entity: announce, claim, write, give up.
internal sealed partial class HashChanges
{
    private async ValueTask<ChangeReply> RunInStepsAsync(RedisKey key, HashChange change, CancellationToken cancellationToken)
    {
        long started = redis.Options.TimeProvider.GetTimestamp();
        for (int attempt = 0; ; attempt++)
        {
            string token = NewToken();
            var begun = (RedisResult[])(await EvaluateAsync(
                ChangeScript, key, change.Arguments(Begin, Prefix, token, (long)Lease.TotalMilliseconds, ""), cancellationToken).ConfigureAwait(false))!;
            switch ((string)begun[0]!)
            {
                case "wait":
                    await DelayAsync(started, key, attempt, (long)begun[1], cancellationToken).ConfigureAwait(false);
                    continue;
                case "go":
                    break;
                default:
                    var reply = Read(key, change, begun);
                    await ReleaseAsync(Released(key, begun), default).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
                    return reply;
            }

            // Cancelling stops the wait, not the write: half a write would keep others waiting until the lease ends.
            Task<ChangeReply?> finishing = FinishAsync(key, change, token, begun, started);
            if (cancellationToken.CanBeCanceled)
            {
                _ = finishing.ContinueWith(static failed => failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }

            if (await finishing.WaitAsync(cancellationToken).ConfigureAwait(false) is { } made)
            {
                return made;
            }

            await DelayAsync(started, key, attempt, remaining: 0, cancellationToken).ConfigureAwait(false);
        }
    }

    // From here on the entity is ours to change, for the time of the lease. Null if that is over.
    private async Task<ChangeReply?> FinishAsync(RedisKey key, HashChange change, string token, RedisResult[] begun, long started)
    {
        RedisValue times = (RedisValue)begun[3];
        string till = times.ToString() is { Length: > 0 } both ? both[(both.IndexOf(' ') + 1)..] : "";
        string score = till.Length == 0 ? "" : times.ToString()[..^(till.Length + 1)];
        List<IndexEntry> held = IndexEntry.Parse(key, (string?)begun[1] ?? "", token: null);
        List<IndexEntry> wanted = IndexEntry.Parse(key, (string?)begun[2] ?? "", token);
        List<IndexEntry> extended = change.RenewsAll ? [] : held.FindAll(entry => wanted.Exists(entry.IsSame));
        List<IndexEntry> added = wanted.FindAll(entry => !extended.Exists(entry.IsSame));
        RedisResult[] committed;
        try
        {
            await Task.WhenAll([
                ClaimAsync(added.FindAll(static entry => entry.IsUnique), till, started),
                .. added.FindAll(static entry => !entry.IsUnique).Select(entry => NamingTypeAsync(entry, AddAsync(entry, score, till, default))),
                .. extended.Select(entry => ExtendAsync(entry, score, till, default)),
            ]).ConfigureAwait(false);
            committed = (RedisResult[])(await EvaluateAsync(ChangeScript, key, change.Arguments(Commit, Prefix, token, 0, times), default).ConfigureAwait(false))!;
        }
        catch (Exception e) when (e is RedisUniqueIndexException or RedisWrongTypeException or RedisServerException)
        {
            bool stood = (long)await EvaluateAsync(WithdrawScript, key, [token], default).ConfigureAwait(false) == 1;
            await GiveUpAsync(added, extended, stood).ConfigureAwait(false);
            throw;
        }

        if ((string)committed[0]! == "done")
        {
            await ReleaseAsync(Released(key, committed), default).ConfigureAwait(false);
            return Read(key, change, committed);
        }

        bool lost = (string)committed[0]! == "lost";
        await GiveUpAsync(added, extended, stood: !lost).ConfigureAwait(false);
        return lost ? null : Read(key, change, committed);
    }

    // Another writer of the entity may count on a value of a unique index that was taken when the announcement did not stand any more: the value then has our token,
    // and is the other writer's, unless the entity says otherwise. Entries that were to stay have the times of a change that was not made, and may have been put in behind
    // the back of who had given them up.
    private async Task GiveUpAsync(List<IndexEntry> added, List<IndexEntry> extended, bool stood)
    {
        await ReleaseAsync(stood ? added : added.FindAll(static entry => !entry.IsUnique), default).ConfigureAwait(false);
        IEnumerable<IndexEntry> unsure = [.. extended.Where(static entry => !entry.IsUnique), .. stood ? [] : added.Where(static entry => entry.IsUnique)];
        await Task.WhenAll(unsure.Select(entry => SweepAsync(entry, default).AsTask())).ConfigureAwait(false);
    }

    // One after the other in the order of their keys: two writers that want the same two values, each with one of them, would wait for each other.
    private async Task ClaimAsync(List<IndexEntry> entries, string till, long started)
    {
        foreach (IndexEntry entry in entries.OrderBy(static entry => entry.KeyText, StringComparer.Ordinal))
        {
            await NamingTypeAsync(entry, ClaimAsync(entry, till, started)).ConfigureAwait(false);
        }
    }

    private async Task NamingTypeAsync(IndexEntry entry, Task claim)
    {
        try
        {
            await claim.ConfigureAwait(false);
        }
        catch (RedisWrongTypeException e) when (e.Key != redis.FullKey(entry.Entity))
        {
            throw new RedisWrongTypeException(schema.Model, e.Key!, entry.IsUnique ? "string" : "zset", e.InnerException);
        }
    }

    private async Task ClaimAsync(IndexEntry entry, string till, long started)
    {
        RedisValue mayReplace = "";
        for (int attempt = 0; ; attempt++)
        {
            RedisResult reply = await EvaluateAsync(ClaimScript, entry.Key, [entry.Member, till, mayReplace], default).ConfigureAwait(false);
            if (reply.IsNull)
            {
                return;
            }

            // Another entity's. It is dead only if it has no such entry and nobody is about to give it one.
            var holder = IndexEntry.OfHolder(entry, (string)reply!);
            var (status, milliseconds, _) = await AskAsync(holder, exactly: false, default).ConfigureAwait(false);
            switch (status)
            {
                case "alive":
                    throw Clash(entry.Entity, entry.KeyText, holder.EntityText);
                case "pending":
                    await DelayAsync(started, entry.Entity, attempt, milliseconds, default).ConfigureAwait(false);
                    mayReplace = "";
                    break;
                default:
                    mayReplace = holder.Member;
                    break;
            }
        }
    }

    // The times first: what has a time and no entry is swept away, what has an entry and no time is not.
    private async Task AddAsync(IndexEntry entry, string score, string till, CancellationToken cancellationToken)
    {
        if (till.Length > 0)
        {
            await EvaluateAsync(AddScript, entry.TimesKey, [score, entry.Member, till], cancellationToken).ConfigureAwait(false);
        }

        long lives = (long)await EvaluateAsync(AddScript, entry.Key, ["0", entry.Member, till], cancellationToken).ConfigureAwait(false);
        if (till.Length == 0)
        {
            // A time that stands there stays, for the change may not come to pass: whoever looks at it when it is over sees that the entity lives on.
            await WaitAsync(redis.Database.KeyPersistAsync(entry.TimesKey), entry.TimesKey, cancellationToken).ConfigureAwait(false);
        }
        else if (lives < 0 || lives > long.Parse(till, CultureInfo.InvariantCulture) + Slack)
        {
            RedisValue longer = lives < 0 ? "" : lives;      // the times live as long as what they are of
            await EvaluateAsync(AddScript, entry.TimesKey, [score, entry.Member, longer], cancellationToken).ConfigureAwait(false);
        }
    }

    private Task ExtendAsync(IndexEntry entry, string score, string till, CancellationToken cancellationToken)
        => entry.IsUnique
            ? EvaluateAsync(ExtendScript, entry.Key, [entry.Member, till], cancellationToken).AsTask()
            : AddAsync(entry, score, till, cancellationToken);

    private async ValueTask<(string Status, long Milliseconds, bool IsAnnounced)> AskAsync(IndexEntry entry, bool exactly, CancellationToken cancellationToken, double? time = null)
    {
        var reply = (RedisResult[])(await EvaluateAsync(AskScript, entry.Entity, [entry.Line, exactly ? entry.Token : "", time is { } seen ? (long)seen : ""], cancellationToken).ConfigureAwait(false))!;
        return ((string)reply[0]!, (long)reply[1], reply.Length > 2 && (long)reply[2] == 1);
    }

    private async ValueTask ReleaseAsync(List<IndexEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0)
        {
            return;
        }

        await Task.WhenAll(entries.Select(async entry =>
        {
            try
            {
                if (entry.IsUnique)
                {
                    await EvaluateAsync(ReleaseScript, entry.Key, [entry.Member], cancellationToken).ConfigureAwait(false);
                    return;
                }

                await WaitAsync(redis.Database.SortedSetRemoveAsync(entry.Key, entry.Member), entry.Key, cancellationToken).ConfigureAwait(false);
                await WaitAsync(redis.Database.SortedSetRemoveAsync(entry.TimesKey, entry.Member), entry.TimesKey, cancellationToken).ConfigureAwait(false);
            }
            catch (RedisWrongTypeException)
            {
                // Another program's: there is no entry to give up.
            }
        })).ConfigureAwait(false);
    }

    private static List<IndexEntry> Released(RedisKey key, RedisResult[] reply)
        => reply.Length > 2 && (string)reply[0]! == "done" ? IndexEntry.Parse(key, (string?)reply[2] ?? "", token: null) : [];
}
