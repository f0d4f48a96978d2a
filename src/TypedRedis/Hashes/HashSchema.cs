using System.Text;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>The fields of a hash model, in their order. One instance per model, made by emitted code.</summary>
public sealed class HashSchema : ModelSchema
{
    /// <summary>The field that marks an entity whose own members may all be absent.</summary>
    internal const string MarkerField = "_";

    private readonly string[] _fields;
    private readonly RedisValue[] _names;

    /// <summary>Describes a model.</summary>
    /// <param name="model">The model's name with its namespace.</param>
    /// <param name="fields">The names of the fields.</param>
    /// <param name="presence">The index of a field that every entity has, or -1: then the hash gets a field of its own, <c>_</c>, for that.</param>
    public HashSchema(string model, string[] fields, int presence)
        : base(model)
    {
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentOutOfRangeException.ThrowIfLessThan(presence, -1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(presence, Math.Max(fields.Length, 1));
        FieldCount = fields.Length;
        HasMarker = presence < 0;
        _fields = HasMarker ? [.. fields, MarkerField] : [.. fields];
        Presence = HasMarker ? fields.Length : presence;
        _names = Array.ConvertAll(_fields, static name => (RedisValue)Encoding.UTF8.GetBytes(name));
    }

    /// <summary>The number of the model's own fields.</summary>
    public int FieldCount { get; }

    /// <summary>The indexes of the fields that are counters.</summary>
    public int[] Counters { get; init; } = [];

    /// <summary>The indexes of the fields whose members can be null, so that the field can be absent.</summary>
    public int[] Nullable { get; init; } = [];

    /// <summary>The index of the field that holds the version of an entity, or -1.</summary>
    public int ConcurrencyToken { get; init; } = -1;

    /// <summary>What <see cref="ConcurrencyToken"/> is.</summary>
    public TokenType TokenType { get; init; }

    /// <summary>The indexes.</summary>
    public IndexSchema[] Indexes { get; init; } = [];

    /// <summary>What the keys of indexes begin with: the key's template, where <c>{}</c> stands for a part and <c>{#}</c> for the one that is the hash tag.</summary>
    public string IndexKey { get; init; } = "";

    /// <summary>How many parts of the key are members of indexes. Their values are counted behind the fields.</summary>
    public int KeyParts { get; init; }

    /// <summary>The version of the fields' form, or 0 where the model declares none. It stands in the field <c>_v</c> of an entity; version 1 is where there is none.</summary>
    public int Version { get; init; }

    /// <summary>What brings fields of older versions up to <see cref="Version"/>, or null where those are read as they are.</summary>
    public ModelUpgrade? Upgrade { get; init; }

    /// <summary>The names that fields had before, the latest first.</summary>
    public (int Field, string[] Names)[] FormerNames { get; init; } = [];

    /// <summary>The index of the field that every entity has.</summary>
    internal int Presence { get; }

    /// <summary>Whether <see cref="Presence"/> is the field <c>_</c> rather than one of the model's own.</summary>
    internal bool HasMarker { get; }

    /// <summary>Whether every entity has all fields and nothing else of its hash needs care: then an upsert is one HSET.</summary>
    internal bool IsPlain => Nullable.Length == 0 && Counters.Length == 0 && !HasMarker && Expiry is null && !IsTracked;

    /// <summary>Whether a write has to look at what stands there: at its indexes or at its version.</summary>
    internal bool IsTracked => Indexes.Length > 0 || ConcurrencyToken >= 0 || Evolves;

    /// <summary>Whether entities can stand there in another form than the model's.</summary>
    internal bool Evolves => Version > 0 || FormerNames.Length > 0;

    /// <summary>Whether an entity of an older form may lack the field that every entity has.</summary>
    internal bool HidesOld => Upgrade is not null || Array.Exists(FormerNames, renamed => renamed.Field == Presence);

    /// <summary>What stands in the field <c>_v</c> of an entity of the model's form.</summary>
    internal RedisValue StoredVersion => Version > 1 ? Version : RedisValue.Null;

    /// <summary>What is read of an entity: all fields, and where the model evolves what says which form it has.</summary>
    internal RedisValue[] ReadNames => field ??= Evolves ? [.. _names, HashEvolution.VersionField, .. AllFormerNames] : _names;

    /// <summary>The conditions of a change that fits none but the model's form: field, value, …</summary>
    internal (RedisValue Field, RedisValue Value)[] FormConditions => field ??= !Evolves ? [] :
    [
        (HashEvolution.VersionField, StoredVersion), .. AllFormerNames.Select(static name => (name, RedisValue.Null)),
    ];

    private IEnumerable<RedisValue> AllFormerNames => FormerNames.SelectMany(static renamed => renamed.Names).Select(static name => (RedisValue)Encoding.UTF8.GetBytes(name));

    /// <summary>Whether the indexes of an entity stand in other slots of a cluster than the entity.</summary>
    internal bool SpansSlots => field || (field = Array.Exists(Indexes, static index => !index.SharesSlot));

    /// <summary>How many values a write has: the fields' and those of key parts that are members of indexes.</summary>
    internal int ValueCount => FieldCount + KeyParts;

    /// <summary>By how many percent of the expiry the keys of indexes outlive an entity: a sliding one moves on without them for as long.</summary>
    internal int IndexSlack => Sliding ? 100 : 10;

    /// <summary>Indexes that have a counter, as the script takes them.</summary>
    internal string CountedIndexes => field ??= string.Concat(Indexes.SelectMany(
        index => index.Fields.Where(member => Counters.Contains(member)).Select(member => $"\n{index.Name}\t{_fields[member]}"))) is { Length: > 0 } all ? all + "\n" : "";

    /// <summary>The names of all fields and the one that says in which indexes the entity is.</summary>
    internal RedisValue[] NamesAndEntries => field ??= [.. ReadNames, IndexText.EntriesField];

    /// <summary>What the keys of an index begin with, without the tag that stands between the two where there is one.</summary>
    internal (byte[] Head, byte[] Tail)[] IndexPrefixes => field ??= Array.ConvertAll(Indexes, PrefixOf);

    /// <summary>The arguments of a read that starts the expiry anew.</summary>
    internal RedisValue[] SlidingReadArguments => field ??= [SlidingMilliseconds, Presence + 1, .. ReadNames];

    /// <summary>The names of all fields as UTF-8, the marker's included: the arguments of HMGET.</summary>
    internal RedisValue[] Names => _names;

    /// <summary>The same as objects, for commands that take those.</summary>
    internal object[] NameBytes => field ??= Array.ConvertAll(_names, static name => (object)(byte[])name!);

    /// <summary>The name of the field that every entity has.</summary>
    internal RedisValue PresenceName => _names[Presence];

    internal override string RedisType => "hash";

    internal override string FieldName(int field) => field < _fields.Length ? _fields[field] : "(part of the key)";

    internal override ReadOnlyMemory<byte> FieldBytes(int field) => (byte[])NameBytes[field];

    /// <summary>The schema of a projection: some of the fields, in another order.</summary>
    /// <param name="projection">The projection's name with its namespace.</param>
    /// <param name="fields">The indexes of the fields that it reads.</param>
    public HashSchema Project(string projection, params ReadOnlySpan<int> fields)
    {
        ArgumentNullException.ThrowIfNull(projection);
        int presence = fields.IndexOf(Presence);
        var names = new List<string>(fields.Length + 1);
        var protectedFields = new List<ProtectedField>();
        foreach (int field in fields)
        {
            if (Array.Find(Protected, candidate => candidate.Field == field) is { } found)
            {
                protectedFields.Add(found.At(names.Count));
            }

            names.Add(_fields[field]);
        }

        var renamed = new List<(int Field, string[] Names)>();
        foreach (var (field, former) in FormerNames)
        {
            int position = field == Presence && presence < 0 ? fields.Length : fields.IndexOf(field);
            if (position >= 0)
            {
                renamed.Add((position, former));
            }
        }

        return new HashSchema(projection, names, _fields[Presence], presence)
        {
            Expiry = Expiry,
            Sliding = Sliding,
            Protected = [.. protectedFields],
            Version = FormerNames.Length > 0 ? Math.Max(Version, 1) : Version,
            Upgrade = Upgrade,
            FormerNames = [.. renamed],
        };
    }

    /// <summary>Whether an entity of which <see cref="ReadNames"/> were read has, or may have, another form than the model's, so that all of its fields must be seen.</summary>
    internal bool IsOutdated(ReadOnlySpan<RedisValue> read)
    {
        if (!Evolves)
        {
            return false;
        }

        for (int i = _names.Length + 1; i < ReadNames.Length; i++)
        {
            if (!read[i].IsNull)
            {
                return true;
            }
        }

        RedisValue version = read[_names.Length];
        if (version == StoredVersion)
        {
            return false;
        }

        // Of nothing at all an upgrade may make all that there is.
        return Upgrade is not null || read[..ReadNames.Length].ContainsAnyExcept(RedisValue.Null);
    }

    private (byte[] Head, byte[] Tail) PrefixOf(IndexSchema index)
    {
        string[] halves = index.SharesSlot ? IndexKey.Split("{#}") : ["", IndexKey.Replace("{#}", "{}", StringComparison.Ordinal)];
        string mark = halves[1].Contains("{}", StringComparison.Ordinal) || halves[0].Contains("{}", StringComparison.Ordinal) ? ":" : ":{}:";
        return (Encoding.UTF8.GetBytes(halves[0]), Encoding.UTF8.GetBytes(halves[1] + mark + index.Name + ":"));
    }

    // A projection's schema: where the presence field is not among its own, it is read behind them.
    private HashSchema(string projection, List<string> fields, string presenceField, int presence)
        : base(projection)
    {
        FieldCount = fields.Count;
        Presence = presence < 0 ? fields.Count : presence;
        HasMarker = presence < 0;
        if (presence < 0)
        {
            fields.Add(presenceField);
        }

        _fields = [.. fields];
        _names = Array.ConvertAll(_fields, static name => (RedisValue)Encoding.UTF8.GetBytes(name));
    }
}
