using System.Runtime.ExceptionServices;

namespace TypedRedis;

/// <summary>
/// A load of one key, or the wait for one in another process, that all callers of this process share. Its result is for those who came before it asked Redis; those who came later
/// get it only if Redis has stored it after they came, because something may have been invalidated in between.
/// </summary>
internal sealed class CacheFlight<TEntity>(long need)
    where TEntity : class
{
    private readonly TaskCompletionSource<CacheOutcome<TEntity>> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _claims;
    private int _callers;
    private bool _isClosed;
    private volatile bool _isLoading;

    /// <summary>The lowest version that will do.</summary>
    public long Need { get; private set; } = need;

    public Task<CacheOutcome<TEntity>> Outcome => _outcome.Task;

    /// <summary>Comes along. False where nobody can any more.</summary>
    /// <param name="claims">For <see cref="CacheOutcome{TEntity}.IsForAsync"/>.</param>
    public bool TryJoin(out int claims)
    {
        lock (_gate)
        {
            claims = _claims;
            if (_isClosed)
            {
                return false;
            }

            _callers++;
            return true;
        }
    }

    /// <summary>Whether several callers get its outcome, so that none of them may have the instance itself. Final once there is an outcome.</summary>
    public bool IsShared => _callers > 1;

    /// <summary>Is about to ask Redis. From here on, a change of the key is heard by <see cref="WaitAsync"/>.</summary>
    public int NextClaim()
    {
        lock (_gate)
        {
            if (_changed.Task.IsCompleted)
            {
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return ++_claims;
        }
    }

    /// <summary>Whether the source is being asked, so that a change of the key makes what it says useless to those who come later.</summary>
    public bool IsLoading => _isLoading;

    /// <summary>Is about to ask the source.</summary>
    public void BeginLoad() => _isLoading = true;

    /// <summary>Whether the right to load is asked for whatever stands there.</summary>
    public bool IsForced { get; set; }

    /// <summary>What stands there will not do.</summary>
    public void Demand(long version) => Need = Math.Max(Need, version);

    /// <summary>Nobody comes along any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }
    }

    /// <summary>Something happened to the key.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _changed.TrySetResult();
        }
    }

    /// <summary>Waits for something to happen to the key since the last claim, but not for longer than that.</summary>
    /// <returns>Whether something has.</returns>
    public async Task<bool> WaitAsync(TimeSpan longest, TimeProvider time)
    {
        Task changed;
        lock (_gate)
        {
            changed = _changed.Task;
        }

        if (!changed.IsCompleted)
        {
            using var end = new CancellationTokenSource();
            await Task.WhenAny(changed, Task.Delay(longest, time, end.Token)).ConfigureAwait(false);
            await end.CancelAsync().ConfigureAwait(false);
        }

        return changed.IsCompleted;
    }

    /// <summary>Ends the flight. Nobody comes along any more.</summary>
    public void Complete(CacheOutcome<TEntity> outcome)
    {
        Close();
        _outcome.TrySetResult(outcome);
    }
}

/// <summary>What a flight came to.</summary>
internal sealed class CacheOutcome<TEntity>
    where TEntity : class
{
    /// <summary>The entity, or null where there is none.</summary>
    public TEntity? Value { get; init; }

    /// <summary>The error of the source, which everybody gets.</summary>
    public ExceptionDispatchInfo? Error { get; init; }

    /// <summary>The version.</summary>
    public long Version { get; init; }

    /// <summary>The claim that it is the answer to.</summary>
    public int Claim { get; init; }

    /// <summary>Whether the source was asked in this flight, or the queue that comes before it.</summary>
    public bool IsLoaded { get; init; }

    /// <summary>Whether it is past its life.</summary>
    public bool IsOld { get; init; }

    /// <summary>Whether Redis has stored it, once that is known; null where it was not to.</summary>
    public Task<bool>? Stored { get; init; }

    /// <summary>The tag clock that was known when its load began.</summary>
    public long TagClock { get; init; }

    /// <summary>The hashes of its tags; null for none.</summary>
    public ulong[]? Tags { get; init; }

    /// <summary>Whether a caller may have it.</summary>
    /// <param name="claims">How many claims there were when the caller came.</param>
    /// <param name="need">The lowest version that will do.</param>
    /// <param name="tags">What is known of tags: their invalidation leaves the right to store alone.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public async ValueTask<bool> IsForAsync(int claims, long need, TagTable tags, CancellationToken cancellationToken)
    {
        if (Error is not null)
        {
            return true;
        }

        if (Version < need && !(IsLoaded && claims < Claim))
        {
            return false;
        }

        return claims < Claim || (Stored is not null && await Stored.WaitAsync(cancellationToken).ConfigureAwait(false) && tags.IsValid(TagClock, Tags));
    }
}
