namespace TypedRedis;

/// <summary>What a store knows of its model besides the code that maps it.</summary>
public abstract class ModelSchema
{
    private protected ModelSchema(string model) => Model = model;

    /// <summary>The model's name with its namespace, as it stands in error messages.</summary>
    public string Model { get; }

    /// <summary>The declared time to live, or null where the model declares none.</summary>
    public TimeSpan? Expiry { get; init; }

    /// <summary>Whether reads and partial writes start <see cref="Expiry"/> anew.</summary>
    public bool Sliding { get; init; }

    /// <summary>The fields whose values are limited, compressed or encrypted.</summary>
    public ProtectedField[] Protected { get; init; } = [];

    /// <summary>The type of the model's keys as TYPE tells it.</summary>
    internal abstract string RedisType { get; }

    /// <summary>The declared time to live in milliseconds, or 0.</summary>
    internal long ExpiryMilliseconds => Expiry is { } expiry ? (long)expiry.TotalMilliseconds : 0;

    /// <summary>The time to live that reads and partial writes start anew, in milliseconds, or 0.</summary>
    internal long SlidingMilliseconds => Sliding ? ExpiryMilliseconds : 0;

    /// <summary>The name of a member's field, as it stands in error messages.</summary>
    internal abstract string FieldName(int field);

    /// <summary>The same as it is in Redis; empty where the value is the whole key's.</summary>
    internal abstract ReadOnlyMemory<byte> FieldBytes(int field);

    /// <summary>Whether no error may quote the field's value.</summary>
    internal bool IsSecret(int field)
    {
        foreach (ProtectedField candidate in Protected)
        {
            if (candidate.Field == field && candidate.Encrypted)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Refuses a context without keys for a model that needs them.</summary>
    internal void CheckKeyRing(RedisContext redis)
    {
        if (redis.Options.KeyRing is null && Array.Find(Protected, static field => field.Encrypted) is { } field)
        {
            throw new InvalidOperationException($"{Model} encrypts '{FieldName(field.Field)}', but RedisContextOptions.KeyRing is null. Set it to a key ring: KeyRing = EncryptionKeyRing.FromBase64(\"2026-01\", …).");
        }
    }

    /// <summary>A value of a key, as error messages begin to speak of it.</summary>
    internal virtual string Place(int field, string key) => $"the field '{FieldName(field)}' of '{key}'";

    /// <summary>What error messages say of a value that has to be there and is not.</summary>
    internal virtual string Missing(int field, string key)
        => $"the required field '{FieldName(field)}' of '{key}' is missing. Write it, or let the member be absent: make it nullable, or drop 'required' and give it a default value. Where older entities lack it, raise Version and give it a value in the Upgrade.";

    /// <summary>What to do about a value that cannot be read.</summary>
    internal virtual string ReadRemedy => "Correct the value in Redis, or give the member a type or a converter that reads it.";
}
