namespace TypedRedis;

/// <summary>A key that is read often in this process.</summary>
/// <typeparam name="TKey">The cache's key.</typeparam>
/// <param name="Key">The key.</param>
/// <param name="ReadsPerSecond">How often it was read, estimated by a sample: of a key that was read 1,000 times a second, within about 10 %.</param>
public readonly record struct HotKey<TKey>(TKey Key, double ReadsPerSecond)
    where TKey : struct;

/// <summary>
/// Finds the keys that are read most, by a sample of one read in 64 and a table of 256 keys, whatever their number: Space-Saving (Metwally, Agrawal, El Abbadi: Efficient Computation of Frequent and
/// Top-k Elements in Data Streams, ICDT 2005), in windows of ten seconds. Thread-safe.
/// </summary>
internal sealed class HotKeys<TKey>(CacheClock clock)
    where TKey : struct
{
    private const int Capacity = 256;
    private const int Sampled = 64;
    private const long Window = 10_000;

    [ThreadStatic]
    private static uint s_reads;

    private readonly Lock _gate = new();
    private Dictionary<TKey, int> _counts = new(Capacity);
    private Dictionary<TKey, int> _before = [];
    private long _begun = clock.Now;
    private long _lasted = Window;

    /// <summary>Counts a read, now and then.</summary>
    public void Sample(TKey key)
    {
        if (++s_reads % Sampled == 0)
        {
            Count(key);
        }
    }

    /// <summary>The keys that were read most, most first: in the last whole window, or in this one before there is one.</summary>
    public HotKey<TKey>[] Top(int count)
    {
        lock (_gate)
        {
            Roll();
            bool isFirst = _before.Count == 0;
            double seconds = Math.Max(isFirst ? clock.Now - _begun : _lasted, 1_000) / 1000.0;
            return
            [
                .. (isFirst ? _counts : _before)
                    .OrderByDescending(static pair => pair.Value)
                    .Take(count)
                    .Select(pair => new HotKey<TKey>(pair.Key, pair.Value * Sampled / seconds)),
            ];
        }
    }

    /// <summary>Whether a key is read at least that often per second, in this window or the last one.</summary>
    public bool IsHot(TKey key, int readsPerSecond)
    {
        lock (_gate)
        {
            Roll();
            double least = (double)readsPerSecond * Window / 1000 / Sampled;
            double share = Math.Clamp((clock.Now - _begun) / (double)Window, 0.1, 1);
            return _before.GetValueOrDefault(key) >= Math.Max(least, 2) || _counts.GetValueOrDefault(key) >= Math.Max(least * share, 2);
        }
    }

    private void Count(TKey key)
    {
        lock (_gate)
        {
            Roll();
            if (_counts.TryGetValue(key, out int count))
            {
                _counts[key] = count + 1;
            }
            else if (_counts.Count < Capacity)
            {
                _counts.Add(key, 1);
            }
            else
            {
                // It takes the place of the rarest, with its count: so none that is read often is missed.
                (TKey rarest, int least) = _counts.MinBy(static pair => pair.Value);
                _counts.Remove(rarest);
                _counts.Add(key, least + 1);
            }
        }
    }

    private void Roll()
    {
        long now = clock.Now;
        if (now - _begun < Window)
        {
            return;
        }

        _lasted = now - _begun;
        _before = _counts;
        _counts = new Dictionary<TKey, int>(Capacity);
        _begun = now;
    }
}
