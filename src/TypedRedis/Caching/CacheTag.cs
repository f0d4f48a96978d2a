using System.ComponentModel;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>A tag of cache entries. The methods of the emitted <c>{Model}Tag</c> classes make those that a model declares; <see cref="Of"/> makes any other.</summary>
public readonly struct CacheTag : IEquatable<CacheTag>
{
    private readonly byte[]? _name;

    /// <summary>Makes a tag of its formatted name. For emitted code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public CacheTag(RedisKey name)
    {
        _name = name;
        Hash = HashOf(_name);
    }

    /// <summary>What entries carry: 64 bits. Two tags that share them are invalidated together, which costs a load and nothing else.</summary>
    internal ulong Hash { get; }

    /// <summary>The name as UTF-8.</summary>
    internal byte[] Name => _name ?? throw new InvalidOperationException("The tag is default(CacheTag), which has no name. Make it with a method of the model's tag class, or with CacheTag.Of.");

    /// <summary>A tag that the model does not declare, such as one that a loader gives an entry.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">The name is empty or holds half of a surrogate pair.</exception>
    public static CacheTag Of(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var writer = new KeyWriter(stackalloc byte[KeyWriter.StackSize]);
        writer.Part(name, nameof(name));
        return new CacheTag(writer.ToRedisKey());
    }

    /// <inheritdoc/>
    public bool Equals(CacheTag other) => Hash == other.Hash && _name.AsSpan().SequenceEqual(other._name);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CacheTag other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Hash.GetHashCode();

    /// <summary>The name.</summary>
    public override string ToString() => _name is null ? "" : Encoding.UTF8.GetString(_name);

    /// <summary>Whether two tags are the same.</summary>
    public static bool operator ==(CacheTag left, CacheTag right) => left.Equals(right);

    /// <summary>Whether two tags are different.</summary>
    public static bool operator !=(CacheTag left, CacheTag right) => !left.Equals(right);

    // FNV-1a, and the finalizer of MurmurHash3 for the short names whose last bits it mixes badly. Both are in the public domain.
    private static ulong HashOf(ReadOnlySpan<byte> name)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in name)
        {
            hash = (hash ^ b) * 1099511628211;
        }

        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
