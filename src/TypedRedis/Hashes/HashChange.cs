using StackExchange.Redis;

namespace TypedRedis;

/// <summary>A call of <c>hash_change.lua</c>: what is to be done to an entity, under which conditions, and what its indexes then are.</summary>
internal sealed class HashChange
{
    private const int HeaderLength = 19;

    private static readonly RedisValue All = "*";
    private static readonly RedisValue AllAnew = "!";
    private static readonly RedisValue NoCondition = "-";
    private static readonly RedisValue Increment = "+1";
    private static readonly RedisValue IncrementInt32 = "+1 int";
    private const byte EqualTo = (byte)'=';
    private const byte EqualOrAbsent = (byte)'?';

    private readonly List<RedisValue> _guards = [];
    private readonly List<RedisValue> _sets = [];
    private readonly List<RedisValue> _removals = [];

    // Of a whole entity, instead of fields to set.
    private ReadOnlyMemory<RedisValue> _fields;

    private HashChange(HashSchema schema, string operation)
    {
        Schema = schema;
        Operation = operation;
    }

    public HashSchema Schema { get; }

    public string Operation { get; }

    /// <summary>Milliseconds, 0 to leave it as it is, -1 for none.</summary>
    public long Expiry { get; init; }

    /// <summary>The entries of the indexes that are changed.</summary>
    public byte[] Entries { get; set; } = [];

    /// <summary>Which indexes are changed: <c>*</c> or their names.</summary>
    public RedisValue Changed { get; set; } = All;

    /// <summary>The version that the entity must have; null for any, or for none.</summary>
    public RedisValue ExpectedVersion { get; private set; }

    private RedisValue _nextVersion;
    private RedisValue _minimum = "";
    private RedisValue _maximum = "";
    private int _counters;
    private RedisValue _presence;

    /// <summary>Writes a whole entity.</summary>
    public static HashChange Write(HashSchema schema, WriteMode mode, long expiry, ReadOnlySpan<RedisValue> values)
    {
        var change = new HashChange(schema, mode.Argument().ToString()) { Expiry = expiry };
        RedisValue[] fields = HashCommands.WriteArguments(schema, mode, expiry, values);
        change._counters = schema.Counters.Length;
        change._minimum = schema.CountedIndexes;
        change._fields = fields.AsMemory(4);
        if (!schema.StoredVersion.IsNull)
        {
            change.SetField(HashEvolution.VersionField, schema.StoredVersion);
        }

        if (schema.ConcurrencyToken >= 0 && mode != WriteMode.Insert)
        {
            change.ExpectVersion(values[schema.ConcurrencyToken]);
        }

        return change;
    }

    /// <summary>Changes some fields.</summary>
    public static HashChange Patch(HashSchema schema, long expiry, ReadOnlySpan<RedisValue> values, Func<int, bool> isAssigned)
    {
        var change = new HashChange(schema, "patch") { Expiry = expiry, Changed = "" };
        bool any = false;
        for (int i = 0; i < schema.FieldCount; i++)
        {
            if (!isAssigned(i))
            {
                continue;
            }

            any = true;
            if (i == schema.ConcurrencyToken)
            {
                change.ExpectVersion(values[i]);
            }
            else
            {
                change.SetField(schema.Names[i], values[i]);
            }
        }

        if (any && schema.ConcurrencyToken >= 0 && change.ExpectedVersion.IsNull)
        {
            change._nextVersion = NextVersion(schema);
        }

        return change;
    }

    /// <summary>Changes nothing but the expiry, if that is given, and what follows from it for the indexes.</summary>
    /// <param name="schema">The model.</param>
    /// <param name="expiry">Milliseconds, 0 to leave it as it is, -1 for none.</param>
    /// <param name="presence">A field that is stored, in place of the one that every entity of the model's form has; null for that one.</param>
    public static HashChange Touch(HashSchema schema, long expiry, RedisValue presence = default) => new(schema, "patch") { Expiry = expiry, Changed = "", _presence = presence };

    /// <summary>Adds to a counter. The entries of the indexes that it is a member of are made by the script.</summary>
    public static HashChange Add(HashSchema schema, int field, long by, RedisValue minimum, RedisValue maximum)
    {
        var change = new HashChange(schema, "increment") { Expiry = schema.SlidingMilliseconds, _minimum = minimum, _maximum = maximum };
        change._sets.Add(schema.Names[field]);
        change._sets.Add(by);
        change.Changed = NamesOf(schema, Array.ConvertAll(schema.Indexes, index => index.Fields.Contains(field)));
        return change;
    }

    /// <summary>Brings the stored fields into another form; what is not mentioned stays.</summary>
    /// <param name="schema">The model.</param>
    /// <param name="presence">A field that is stored, in place of the one that every entity of the model's form has.</param>
    public static HashChange Upgrade(HashSchema schema, RedisValue presence) => new(schema, "patch") { _presence = presence };

    /// <summary>Deletes the entity.</summary>
    /// <param name="schema">The model.</param>
    /// <param name="skipForeign">Whether what is no entity is left alone without an error.</param>
    public static HashChange Delete(HashSchema schema, bool skipForeign) => new(schema, "delete") { SkipsForeign = skipForeign };

    /// <summary>The names of indexes as the script takes them.</summary>
    public static RedisValue NamesOf(HashSchema schema, ReadOnlySpan<bool> indexes)
    {
        string names = "";
        for (int i = 0; i < indexes.Length; i++)
        {
            if (indexes[i])
            {
                names += "\n" + schema.Indexes[i].Name;
            }
        }

        return names.Length == 0 ? "" : names + "\n";
    }

    /// <summary>Sets a field, or removes it where the value is null.</summary>
    public void SetField(RedisValue name, RedisValue value)
    {
        if (value.IsNull)
        {
            _removals.Add(name);
        }
        else
        {
            _sets.Add(name);
            _sets.Add(value);
        }
    }

    /// <summary>Demands that a field has a value, or none where it is null.</summary>
    public void Expect(RedisValue name, RedisValue value)
    {
        _guards.Add(name);
        _guards.Add(Schema.ConcurrencyToken >= 0 && name == Schema.Names[Schema.ConcurrencyToken] ? ConditionOfVersion(value) : ConditionOf(value));
    }

    /// <summary>Has the entries put in that the entity says it is in, too.</summary>
    public void RenewAll() => Changed = AllAnew;

    /// <summary>Whether <see cref="RenewAll"/> was called.</summary>
    public bool RenewsAll => Changed == AllAnew;

    /// <summary>Has the value before the change returned.</summary>
    public void ReturnBefore(RedisValue name) => _minimum = name;

    /// <summary>Whether what is no entity is left alone without an error.</summary>
    public bool SkipsForeign { get; private init; }

    /// <summary>How many of the first conditions say that the entity has the model's form.</summary>
    public int FormConditionCount => _presence.IsNull && (_fields.Length + _sets.Count > 0 || _removals.Count > 0 || RenewsAll) ? Schema.FormConditions.Length : 0;

    /// <summary>How many conditions there are besides. The version's, where there is one, is the first.</summary>
    public int GuardCount => _guards.Count / 2;

    /// <summary>The name of the field of a condition.</summary>
    public string GuardedField(int guard) => _guards[2 * guard]!;

    /// <summary>The arguments of the script.</summary>
    /// <param name="phase">'atomic', 'slot', 'begin' or 'commit'.</param>
    /// <param name="prefix">The context's prefix.</param>
    /// <param name="token">The token of an announcement.</param>
    /// <param name="leaseMilliseconds">How long the announcement stands.</param>
    /// <param name="times">What 'begin' answered.</param>
    public RedisValue[] Arguments(RedisValue phase, RedisValue prefix, RedisValue token, long leaseMilliseconds, RedisValue times)
    {
        int forms = FormConditionCount;
        var arguments = new RedisValue[HeaderLength + 2 * forms + _guards.Count + _fields.Length + _sets.Count + _removals.Count];
        arguments[0] = phase;
        arguments[1] = Operation;
        arguments[2] = _presence.IsNull ? Schema.PresenceName : _presence;
        arguments[3] = SkipsForeign ? "skip" : Expiry;
        arguments[4] = prefix;
        arguments[5] = token;
        arguments[6] = leaseMilliseconds;
        arguments[7] = Schema.IndexSlack;
        arguments[8] = forms + _guards.Count / 2;
        arguments[9] = (_fields.Length + _sets.Count) / 2;
        arguments[10] = _removals.Count;
        arguments[11] = _counters;
        arguments[12] = Entries;
        arguments[13] = Changed;
        arguments[14] = _nextVersion.IsNull ? "" : Schema.Names[Schema.ConcurrencyToken];
        arguments[15] = _nextVersion.IsNull ? "" : _nextVersion;
        arguments[16] = _minimum;
        arguments[17] = _maximum;
        arguments[18] = times;
        int next = HeaderLength;
        foreach (var (field, value) in Schema.FormConditions.AsSpan(..forms))
        {
            arguments[next++] = field;
            arguments[next++] = ConditionOf(value);
        }

        _guards.CopyTo(arguments, next);
        _fields.Span.CopyTo(arguments.AsSpan(next += _guards.Count));
        _sets.CopyTo(arguments, next += _fields.Length);
        _removals.CopyTo(arguments, next + _sets.Count);
        return arguments;
    }

    /// <summary>The version that follows.</summary>
    public RedisValue VersionAfter(RedisValue version)
        => _nextVersion == Increment ? (long)version + 1 : _nextVersion == IncrementInt32 ? unchecked((int)version + 1) : _nextVersion;

    private void ExpectVersion(RedisValue version)
    {
        ExpectedVersion = version;
        _nextVersion = Schema.TokenType == TokenType.Int64 && version == long.MaxValue ? long.MinValue : NextVersion(Schema);
        _guards.InsertRange(0, [Schema.Names[Schema.ConcurrencyToken], ConditionOfVersion(version)]);
    }

    // An entity that was written before its model had a version is read with the first one.
    private RedisValue ConditionOfVersion(RedisValue version)
    {
        RedisValue first = Schema.TokenType == TokenType.Guid ? ValueFormat.Of(Guid.Empty) : 0;
        return version == first ? Prepend(EqualOrAbsent, version) : ConditionOf(version);
    }

    private static RedisValue NextVersion(HashSchema schema)
        => schema.TokenType switch
        {
            TokenType.Guid => ValueFormat.Of(Guid.NewGuid()),
            TokenType.Int32 => IncrementInt32,
            _ => Increment,
        };

    private static RedisValue ConditionOf(RedisValue value) => value.IsNull ? NoCondition : Prepend(EqualTo, value);

    private static RedisValue Prepend(byte mark, RedisValue value)
    {
        byte[] bytes = value!;
        return (byte[])[mark, .. bytes];
    }
}
