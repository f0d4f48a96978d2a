using System.Collections;
using System.Diagnostics.CodeAnalysis;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// The fields of a stored entity by name, for an <see cref="IModelUpgrade{TEntity}"/> to change. Values are text as the page on encodings describes; every type that
/// <see cref="RedisValue"/> converts to and from can be read and assigned. Names that begin with <c>_</c> are TypedRedis's own and neither shown nor accepted. Not thread-safe.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "It is the fields of an entity before it is a collection.")]
public sealed class ModelFields : IReadOnlyCollection<KeyValuePair<string, RedisValue>>
{
    private readonly Dictionary<string, RedisValue> _values = new(StringComparer.Ordinal);

    /// <summary>Makes an entity without fields, for tests of upgrades.</summary>
    public ModelFields()
    {
    }

    /// <summary>Makes an entity of fields, for tests of upgrades.</summary>
    /// <exception cref="ArgumentException">A name is empty or begins with <c>_</c>.</exception>
    public ModelFields(IEnumerable<KeyValuePair<string, RedisValue>> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        foreach (var (name, value) in fields)
        {
            this[name] = value;
        }
    }

    /// <summary>How many fields there are.</summary>
    public int Count => _values.Count;

    /// <summary>The names of the fields that there are.</summary>
    public IReadOnlyCollection<string> Names => _values.Keys;

    /// <summary>The value of a field, <see cref="RedisValue.Null"/> where there is none. Assigning null removes the field; a field that is absent is a member that is null.</summary>
    /// <exception cref="ArgumentException">The name to assign to is empty or begins with <c>_</c>.</exception>
    public RedisValue this[string name]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(name);
            return _values.GetValueOrDefault(name, RedisValue.Null);
        }

        set
        {
            Check(name);
            if (value.IsNull)
            {
                _values.Remove(name);
            }
            else
            {
                _values[name] = value;
            }
        }
    }

    /// <summary>Whether there is a field.</summary>
    public bool Contains(string name) => !this[name].IsNull;

    /// <summary>Removes a field.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Remove(string name)
    {
        Check(name);
        return _values.Remove(name);
    }

    /// <summary>Gives a field another name. A field that has that name already is replaced.</summary>
    /// <returns>Whether there was a field of the name <paramref name="from"/>; else nothing is changed.</returns>
    /// <exception cref="ArgumentException">A name is empty or begins with <c>_</c>.</exception>
    public bool Rename(string from, string to)
    {
        Check(from);
        Check(to);
        if (from == to || !_values.Remove(from, out RedisValue value))
        {
            return _values.ContainsKey(to) && from == to;
        }

        _values[to] = value;
        return true;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, RedisValue>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static void Check(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name[0] == '_')
        {
            throw new ArgumentException($"The field '{name}' cannot be changed: TypedRedis keeps fields that begin with '_' for itself. Choose another name.", nameof(name));
        }
    }
}
