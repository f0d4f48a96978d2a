using System.ComponentModel;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>How an index is asked.</summary>
public enum IndexKind
{
    /// <summary>By equality; any number of entities per value.</summary>
    Exact,

    /// <summary>By equality; at most one entity per value.</summary>
    Unique,

    /// <summary>By equality of all members but the last, and a range of that.</summary>
    Sorted,
}

/// <summary>What the text of a sorted index's last member is, so that it can be brought into order.</summary>
public enum SortType
{
    /// <summary>An integer of at most 64 bits, signed or not.</summary>
    Integer,

    /// <summary>A <see cref="double"/>, <see cref="float"/> or <see cref="Half"/>. NaN is refused.</summary>
    Double,

    /// <summary>A <see cref="decimal"/>.</summary>
    Decimal,

    /// <summary>A <see cref="DateOnly"/>.</summary>
    DateOnly,

    /// <summary>A <see cref="TimeOnly"/>.</summary>
    TimeOnly,

    /// <summary>A <see cref="TimeSpan"/>.</summary>
    TimeSpan,

    /// <summary>A <see cref="DateTime"/>: local times by their instant, others as they are.</summary>
    DateTime,

    /// <summary>A <see cref="DateTimeOffset"/>, by its instant.</summary>
    DateTimeOffset,
}

/// <summary>Describes an index. Made by emitted code.</summary>
/// <param name="name">Its name as it stands in keys, such as <c>country_and_rating</c>.</param>
/// <param name="kind">How it is asked.</param>
/// <param name="fields">Its members by the index of their fields, in the declared order; the parts of the key that the mapper writes are counted behind the fields.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class IndexSchema(string name, IndexKind kind, params int[] fields)
{
    /// <summary>The name as it stands in keys.</summary>
    public string Name { get; } = name;

    /// <summary>How it is asked.</summary>
    public IndexKind Kind { get; } = kind;

    /// <summary>The members.</summary>
    public int[] Fields { get; } = fields;

    /// <summary>The order of the last member of a sorted index.</summary>
    public SortType Sort { get; init; }

    /// <summary>Whether the first member is a collection, with one entry per element.</summary>
    public bool IsCollection { get; init; }

    /// <summary>The member compared for equality that is the key's hash tag, so that the index stands in the slot of its entities; or -1.</summary>
    public int HashTag { get; init; } = -1;

    /// <summary>Whether the index stands in the slot of its entities.</summary>
    internal bool SharesSlot => HashTag >= 0;

    /// <summary>The members compared for equality.</summary>
    internal ReadOnlySpan<int> EqualityFields => Kind == IndexKind.Sorted ? Fields.AsSpan(..^1) : Fields;
}

/// <summary>What the concurrency token of a model is.</summary>
public enum TokenType
{
    /// <summary>An <see cref="int"/>.</summary>
    Int32,

    /// <summary>A <see cref="long"/>.</summary>
    Int64,

    /// <summary>A <see cref="System.Guid"/>.</summary>
    Guid,
}

/// <summary>Writes what an index is asked for to the places of its members.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate void IndexValueWriter<in TValue>(TValue value, Span<RedisValue> values, in CodecContext context);

/// <summary>Reads the value of a member.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate TValue MemberReader<out TValue>(ReadOnlySpan<RedisValue> values, in CodecContext context);
