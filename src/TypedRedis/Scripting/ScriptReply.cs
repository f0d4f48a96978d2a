using System.ComponentModel;
using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>What a script returned, or an item of it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct ScriptReply
{
    private readonly ReplySchema _schema;
    private readonly RedisContext _redis;
    private readonly RedisKey _key;
    private readonly RedisResult? _result;
    private readonly int _item;

    internal ScriptReply(ReplySchema schema, RedisContext redis, RedisKey key, RedisResult? result, int item)
    {
        _schema = schema;
        _redis = redis;
        _key = key;
        _result = result;
        _item = item;
    }

    /// <summary>Whether it is nil. What a script returns as <c>false</c> is.</summary>
    public bool IsNull => _result is null || _result.IsNull;

    /// <summary>The reply as the driver has it.</summary>
    public RedisResult? Result => _result;

    /// <summary>One value; <see cref="RedisValue.Null"/> for nil.</summary>
    /// <exception cref="RedisDecodeException">It is a table of several.</exception>
    public RedisValue Value
    {
        get
        {
            try
            {
                return IsNull ? RedisValue.Null : (RedisValue)_result!;
            }
            catch (InvalidCastException error)
            {
                throw Wrong($"a table of {((RedisResult[])_result!).Length.ToString(CultureInfo.InvariantCulture)}, not one value", error);
            }
        }
    }

    /// <summary>Reads one value.</summary>
    /// <exception cref="RedisDecodeException">It is not what the reader reads.</exception>
    public T Read<T>(ScriptReader<T> reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        RedisValue value = Value;
        return reader(Context(), new ReadOnlySpan<RedisValue>(in value), 0);
    }

    /// <summary>Reads a table with any number of items.</summary>
    /// <exception cref="RedisDecodeException">It is no table, or an item is not what is read.</exception>
    public T[] ReadMany<T>(Func<ScriptReply, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        return Array.ConvertAll(Items(), item => read(item));
    }

    /// <summary>Reads a table whose items each mean something of their own.</summary>
    /// <exception cref="RedisDecodeException">It is no table of so many, or an item is not what is read.</exception>
    public T ReadItems<T>(int count, Func<ScriptReply[], T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        ScriptReply[] items = Items();
        return items.Length == count
            ? read(items)
            : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"a table of {items.Length}, not of {count} (a nil among the values ends a table: return false in its place)"));
    }

    /// <summary>Reads a table of names and values by turns, as HGETALL answers.</summary>
    /// <exception cref="RedisDecodeException">It is no such table, or a value is not what is read.</exception>
    public Dictionary<string, T> ReadMap<T>(Func<ScriptReply, T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        ScriptReply[] items = Pairs();
        var map = new Dictionary<string, T>(items.Length / 2, StringComparer.Ordinal);
        for (int i = 0; i < items.Length; i += 2)
        {
            map[items[i].Read(static (context, values, index) => context.ReadString(values, index))] = read(items[i + 1]);
        }

        return map;
    }

    /// <summary>Reads an entity of fields and values by turns, as HGETALL answers; null for nil and for an empty table. Other fields are left out; an entity of an older form is upgraded.</summary>
    /// <exception cref="RedisDecodeException">It is no such table, or a field cannot be read.</exception>
    /// <exception cref="RedisWrongTypeException">The fields are not those of an entity.</exception>
    /// <exception cref="RedisDecryptException">A field is encrypted and cannot be decrypted, or is not encrypted and should be.</exception>
    /// <exception cref="InvalidOperationException">The model is encrypted, and <see cref="RedisContextOptions.KeyRing"/> is null.</exception>
    public TEntity? ReadEntity<TEntity, TKey, TMapper>(TKey key)
        where TEntity : class
        where TKey : struct, IRedisKey<TKey>
        where TMapper : struct, IHashMapper<TEntity, TKey>
    {
        if (IsNull)
        {
            return null;
        }

        HashSchema schema = TMapper.Schema;
        schema.CheckKeyRing(_redis);
        RedisKey redisKey = key.ToRedisKey();
        var context = new CodecContext(_redis, schema, redisKey);
        var values = new RedisValue[schema.Names.Length];
        ScriptReply[] items = Pairs();
        if (schema.Evolves)
        {
            var stored = new HashEntry[items.Length / 2];
            for (int i = 0; i < stored.Length; i++)
            {
                stored[i] = new HashEntry(items[2 * i].Value, items[2 * i + 1].Value);
            }

            if (new HashChanges(_redis, schema, static (_, _) => []).Evolution!.Values(redisKey, stored, schema) is not { } upgraded)
            {
                return null;
            }

            context.Unprotect(upgraded);
            return TMapper.Read(key, upgraded, context);
        }

        for (int i = 0; i < items.Length; i += 2)
        {
            int field = Array.IndexOf(schema.Names, items[i].Value);
            if (field >= 0)
            {
                values[field] = items[i + 1].Value;
            }
        }

        if (items.Length == 0 || !HashCommands.IsPresent(_redis, schema, redisKey, values))
        {
            return null;
        }

        context.Unprotect(values);
        return TMapper.Read(key, values, context);
    }

    /// <summary>The error of a reply that is nil where the result is not nullable.</summary>
    public RedisDecodeException Missing() => new($"{_schema.Model}: {Locate().Missing(0, Key)}", _schema.Model, Key, _schema.FieldName(0), value: null);

    private string Key => _redis.FullKeyIfAny(_key) ?? "";

    private CodecContext Context() => new(_redis, Locate(), _key);

    // Items are read one after another: the schema says in errors which it is.
    private ReplySchema Locate()
    {
        _schema.Item = _item;
        return _schema;
    }

    private ScriptReply[] Items()
    {
        if (IsNull)
        {
            throw Missing();
        }

        RedisResult[] results;
        try
        {
            results = (RedisResult[])_result!;
        }
        catch (InvalidCastException error)
        {
            throw Wrong($"'{Printable.Of((byte[]?)(RedisValue)_result! ?? [])}', not a table", error);
        }

        var items = new ScriptReply[results.Length];
        for (int i = 0; i < results.Length; i++)
        {
            items[i] = new ScriptReply(_schema, _redis, _key, results[i], i);
        }

        return items;
    }

    private ScriptReply[] Pairs()
    {
        ScriptReply[] items = Items();
        return items.Length % 2 == 0
            ? items
            : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"a table of {items.Length}, not of names and values by turns, as HGETALL answers"));
    }

    private RedisDecodeException Wrong(string what, Exception? inner = null)
        => new($"{_schema.Model}: {Locate().Place(0, Key)} is {what}. {_schema.ReadRemedy}", _schema.Model, Key, _schema.FieldName(0), value: null, inner);
}
