namespace TypedRedis;

/// <summary>
/// Remembers the hashes of entries that left, four bytes each: sets of eight, in each of which a new hash drives out the oldest. Two keys of one hash are taken for each other, which costs
/// one of them a better place in the queues than it has earned.
/// </summary>
internal sealed class LocalGhosts(int capacity)
{
    private const int Ways = 8;

    // Zero is an empty place.
    private readonly uint[] _hashes = new uint[(Math.Max(capacity, 1) + Ways - 1) / Ways * Ways];

    public void Add(uint hash)
    {
        Span<uint> set = SetOf(hash);
        set[..^1].CopyTo(set[1..]);
        set[0] = Math.Max(hash, 1);
    }

    /// <summary>Whether a hash is remembered, which it is no more after this.</summary>
    public bool Take(uint hash)
    {
        Span<uint> set = SetOf(hash);
        int index = set.IndexOf(Math.Max(hash, 1));
        if (index < 0)
        {
            return false;
        }

        set[(index + 1)..].CopyTo(set[index..]);
        set[^1] = 0;
        return true;
    }

    /// <summary>One that remembers the same with more room.</summary>
    public LocalGhosts Grown(int capacity)
    {
        var grown = new LocalGhosts(capacity);
        for (int set = 0; set < _hashes.Length; set += Ways)
        {
            for (int index = set + Ways - 1; index >= set; index--)
            {
                if (_hashes[index] != 0)
                {
                    grown.Add(_hashes[index]);
                }
            }
        }

        return grown;
    }

    private Span<uint> SetOf(uint hash) => _hashes.AsSpan((int)(((ulong)hash * ((uint)_hashes.Length / Ways)) >> 32) * Ways, Ways);
}
