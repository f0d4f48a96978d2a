using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>What became of an upgrade.</summary>
internal enum UpgradeStatus
{
    Upgraded,
    Current,
    Absent,
    Foreign,
}

/// <summary>
/// Brings entities of older forms into the model's: in memory where they are read, in Redis before they are changed. The version stands in the field <c>_v</c>; fields that have
/// been renamed are moved to their present names before and after the steps of the upgrade.
/// </summary>
/// <param name="changes">Makes the changes.</param>
/// <param name="entriesOf">The entries of an entity in its indexes, by the values of its fields.</param>
internal sealed class HashEvolution(HashChanges changes, Func<RedisKey, RedisValue[], byte[]> entriesOf)
{
    public static readonly RedisValue VersionField = "_v"u8.ToArray();

    // A condition on how many fields there are that do not begin with '_'.
    private static readonly RedisValue OwnCount = "_#"u8.ToArray();

    private const string VersionName = "_v";

    private RedisContext Redis => changes.Redis;

    private HashSchema Schema => changes.Schema;

    /// <summary>An entity as it stands there.</summary>
    /// <param name="Stored">Its own fields.</param>
    /// <param name="Version">Its version.</param>
    /// <param name="VersionText">What says so.</param>
    /// <param name="Fields">Its fields in the model's form, without the marker.</param>
    /// <param name="HasMarker">Whether it has, or gets, the marker.</param>
    /// <param name="HadMarker">Whether it has it.</param>
    private sealed record Entity(HashEntry[] Stored, int Version, RedisValue VersionText, ModelFields Fields, bool HasMarker, bool HadMarker);

    /// <summary>The values of some fields of an entity, brought into the model's form in memory; null where there is no entity. Up to two round trips.</summary>
    /// <param name="key">The key.</param>
    /// <param name="read">The schema of the model or of a projection.</param>
    /// <param name="slide">Whether to start the expiry anew where the read that found the entity outdated could not.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public async ValueTask<RedisValue[]?> ReadAsync(RedisKey key, HashSchema read, bool slide, CancellationToken cancellationToken)
    {
        HashEntry[] stored = await AllAsync(key, cancellationToken).ConfigureAwait(false);
        RedisValue[]? values = Values(key, stored, read);
        if (values is not null && slide && !Array.Exists(stored, entry => entry.Name == Schema.PresenceName))
        {
            HashChange touch = HashChange.Touch(Schema, Schema.SlidingMilliseconds, presence: stored[0].Name);
            await changes.RunOnceAsync(key, touch, cancellationToken).ConfigureAwait(false);
        }

        return values;
    }

    /// <summary>The same for many, of which all fields were read.</summary>
    public RedisValue[]? Values(RedisKey key, HashEntry[] stored, HashSchema read)
    {
        if (Bring(key, stored) is not { } entity)
        {
            return null;
        }

        RedisValue[] values = ValuesOf(entity, read);
        return values[read.Presence].IsNull ? throw Foreign(key) : values;
    }

    /// <summary>Whether there is an entity of another form, or of a newer version.</summary>
    public async ValueTask<bool> ExistsAsync(RedisKey key, CancellationToken cancellationToken)
    {
        try
        {
            HashEntry[] stored = await AllAsync(key, cancellationToken).ConfigureAwait(false);
            return Bring(key, stored) is { } entity && !ValuesOf(entity, Schema)[Schema.Presence].IsNull;
        }
        catch (RedisSchemaVersionException)
        {
            return true;
        }
    }

    /// <summary>
    /// Brings an entity into the model's form, where it stands and in one step with its indexes, unless it has it. Two round trips, more where others change the entity meanwhile or
    /// its indexes stand in other slots.
    /// </summary>
    public async ValueTask<UpgradeStatus> UpgradeAsync(RedisKey key, CancellationToken cancellationToken)
    {
        while (true)
        {
            HashEntry[] stored = await AllAsync(key, cancellationToken).ConfigureAwait(false);
            if (Bring(key, stored) is not { } entity)
            {
                return UpgradeStatus.Absent;
            }

            RedisValue[] values = ValuesOf(entity, Schema);
            if (values[Schema.Presence].IsNull)
            {
                return UpgradeStatus.Foreign;
            }

            if (ChangeOf(entity) is not { } change)
            {
                return UpgradeStatus.Current;
            }

            change.Entries = entriesOf(key, values);
            if ((await changes.RunOnceAsync(key, change, cancellationToken).ConfigureAwait(false)).Status == ChangeStatus.Done)
            {
                return UpgradeStatus.Upgraded;
            }
        }
    }

    // Null where there is nothing to change.
    private HashChange? ChangeOf(Entity entity)
    {
        HashChange change = HashChange.Upgrade(Schema, entity.Stored.Length > 0 ? entity.Stored[0].Name : HashSchema.MarkerField);
        bool any = false;
        var before = new Dictionary<string, RedisValue>(StringComparer.Ordinal);
        foreach (HashEntry field in entity.Stored)
        {
            string name = field.Name!;
            before[name] = field.Value;
            change.Expect(field.Name, field.Value);
            if (!entity.Fields.Contains(name))
            {
                Set(field.Name, RedisValue.Null);
            }
        }

        foreach (var (name, value) in entity.Fields)
        {
            if (!before.TryGetValue(name, out RedisValue old) || old != value)
            {
                Set(Encoding.UTF8.GetBytes(name), value);
            }
        }

        if (entity.HasMarker && !entity.HadMarker)
        {
            Set(HashSchema.MarkerField, "1");
        }

        change.Expect(OwnCount, entity.Stored.Length);
        change.Expect(VersionField, entity.VersionText);
        if (entity.VersionText != Schema.StoredVersion)
        {
            Set(VersionField, Schema.StoredVersion);
        }

        return any ? change : null;

        void Set(RedisValue name, RedisValue value)
        {
            change.SetField(name, value);
            any = true;
        }
    }

    private Entity? Bring(RedisKey key, HashEntry[] stored)
    {
        HashEntry[] own = Array.FindAll(stored, static field => !IsOurs(field.Name));
        bool hadMarker = Schema.HasMarker && Array.Exists(stored, static field => field.Name == HashSchema.MarkerField);
        RedisValue text = Array.Find(stored, static field => field.Name == VersionField).Value;
        if (own.Length == 0 && !hadMarker && text.IsNull)
        {
            return null;
        }

        int version = VersionOf(key, text);
        var fields = new ModelFields(own.Where(static field => !field.Name.IsNullOrEmpty).Select(static field => KeyValuePair.Create((string)field.Name!, field.Value)));
        Rename(fields);
        for (int from = version; Schema.Upgrade is { } upgrade && from < Schema.Version; from++)
        {
            Step(key, upgrade, fields, from);
        }

        Rename(fields);
        bool getsMarker = Schema.HasMarker && version < Schema.Version && fields.Count > 0;
        return new Entity(own, version, text, fields, hadMarker || getsMarker, hadMarker);
    }

    private void Step(RedisKey key, ModelUpgrade upgrade, ModelFields fields, int from)
    {
        try
        {
            upgrade(fields, from);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new RedisDecodeException(
                string.Create(CultureInfo.InvariantCulture, $"{Schema.Model}: the upgrade of '{Redis.FullKey(key)}' from version {from} to {from + 1} failed: {e.Message} Nothing was changed. Make the upgrade take what is stored, or correct that."),
                Schema.Model, Redis.FullKey(key), VersionName, from.ToString(CultureInfo.InvariantCulture), e);
        }
    }

    private void Rename(ModelFields fields)
    {
        foreach (var (field, names) in Schema.FormerNames)
        {
            string present = Schema.FieldName(field);
            foreach (string former in names)
            {
                if (fields.Contains(present))
                {
                    fields.Remove(former);
                }
                else
                {
                    fields.Rename(former, present);
                }
            }
        }
    }

    private int VersionOf(RedisKey key, RedisValue text)
    {
        if (text.IsNull)
        {
            return 1;
        }

        if (!int.TryParse((string?)text, NumberStyles.None, CultureInfo.InvariantCulture, out int version) || version < 1)
        {
            string value = Printable.Of((byte[]?)text);
            throw new RedisDecodeException(
                $"{Schema.Model}: the field '{VersionName}' of '{Redis.FullKey(key)}', which says the version of the entity, holds '{value}', which is no version. Another program wrote it; set it to a number, or remove it for version 1.",
                Schema.Model, Redis.FullKey(key), VersionName, value);
        }

        int known = Math.Max(Schema.Version, 1);
        return version <= known ? version : throw new RedisSchemaVersionException(Schema.Model, Redis.FullKey(key), version, known);
    }

    private static RedisValue[] ValuesOf(Entity entity, HashSchema read) => Array.ConvertAll(
        read.Names,
        name => name == HashSchema.MarkerField ? entity.HasMarker ? "1" : RedisValue.Null : entity.Fields[(string)name!]);

    private RedisWrongTypeException Foreign(RedisKey key) => new(Schema.Model, Redis.FullKey(key), inner: null, Schema.FieldName(Schema.Presence));

    private ValueTask<HashEntry[]> AllAsync(RedisKey key, CancellationToken cancellationToken)
        => OperationWait<HashEntry[]>.For(Redis.Database.HashGetAllAsync(key), Redis, Schema, key, cancellationToken);

    private static bool IsOurs(RedisValue name) => ((byte[]?)name).AsSpan().StartsWith("_"u8);
}
