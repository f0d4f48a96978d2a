using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TypedRedis;

/// <summary>
/// What a write of a cache returns: a read that is given it sees that write or a later one, in any process. Send it along as text, in a cookie or a header, for
/// read-your-writes across machines.
/// </summary>
public readonly record struct ConsistencyToken : IComparable<ConsistencyToken>
{
    // What a script counts exactly: the year 2255.
    private const long Highest = 1L << 53;

    internal ConsistencyToken(long version) => Version = version;

    /// <summary>Microseconds of the Redis server's clock at the write, or later. 0 for none.</summary>
    internal long Version { get; }

    /// <summary>The one that demands more: a read with it sees the writes of both.</summary>
    public static ConsistencyToken Later(ConsistencyToken one, ConsistencyToken other) => one.Version >= other.Version ? one : other;

    /// <summary>
    /// Reads a token back from <see cref="ToString"/>. Whoever can send a token of their own making can have entries loaded anew, no more: sign it where loads are dear.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ConsistencyToken token)
    {
        long version = 0;
        bool isToken = text is { Length: <= 14 } && long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out version) && version <= Highest;
        token = isToken ? new ConsistencyToken(version) : default;
        return isToken;
    }

    /// <inheritdoc/>
    public int CompareTo(ConsistencyToken other) => Version.CompareTo(other.Version);

    /// <summary>The token as text: letters and digits.</summary>
    public override string ToString() => Version.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>Whether the left token demands less.</summary>
    public static bool operator <(ConsistencyToken left, ConsistencyToken right) => left.Version < right.Version;

    /// <summary>Whether the left token demands more.</summary>
    public static bool operator >(ConsistencyToken left, ConsistencyToken right) => left.Version > right.Version;

    /// <summary>Whether the left token demands no more.</summary>
    public static bool operator <=(ConsistencyToken left, ConsistencyToken right) => left.Version <= right.Version;

    /// <summary>Whether the left token demands no less.</summary>
    public static bool operator >=(ConsistencyToken left, ConsistencyToken right) => left.Version >= right.Version;
}
