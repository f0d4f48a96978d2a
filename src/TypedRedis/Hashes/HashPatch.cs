using System.ComponentModel;
using System.Text.Json.Serialization;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>A partial update of an entity: the members that were assigned, and only those. The emitted <c>{Model}Patch</c> types derive from it.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
public abstract class HashPatch<TEntity>
    where TEntity : class
{
    private ulong _low;
    private HashSet<int>? _high;

    /// <summary>Whether nothing was assigned. Applying an empty patch answers whether the entity exists.</summary>
    [JsonIgnore]
    public bool IsEmpty => _low == 0 && _high is null;

    /// <summary>Marks a field as assigned.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected void Assign(int field)
    {
        if (field < 64)
        {
            _low |= 1UL << field;
        }
        else
        {
            (_high ??= []).Add(field);
        }
    }

    /// <summary>Whether a field was assigned.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected internal bool IsAssigned(int field) => field < 64 ? (_low & (1UL << field)) != 0 : _high?.Contains(field) == true;

    /// <summary>Writes the assigned members that are not null. <paramref name="values"/> has one cleared place per field.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected internal abstract void Write(Span<RedisValue> values, in CodecContext context);
}
