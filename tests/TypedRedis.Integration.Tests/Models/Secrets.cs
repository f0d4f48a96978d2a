namespace TypedRedis.Integration.Tests.Models;

/// <summary>Of each protection something; the field that every entity has is encrypted.</summary>
[RedisHash("patient:{Id}"), Expires("10d")]
public sealed record Patient
{
    public required long Id { get; init; }

    [Encrypted]
    public required string Name { get; init; }

    public int Ward { get; init; }

    [Encrypted]
    public int? Weight { get; init; }

    [Encrypted, Compressed]
    public string? History { get; init; }

    [Encrypted, RedisJson]
    public Place? Home { get; init; }

    [Compressed(Threshold = "100B", Algorithm = CompressionAlgorithm.Zlib)]
    public byte[]? Scan { get; init; }

    [MaxSize("200B")]
    public string? Remark { get; init; }

    [Counter]
    public long Visits { get; init; }

    public override string ToString() => $"Patient {Id}";
}

/// <summary>Two of its fields in another order, without the one that every entity has.</summary>
[RedisProjection<Patient>]
public sealed partial record PatientFile
{
    public string? History { get; init; }

    public byte[]? Scan { get; init; }

    public override string ToString() => "PatientFile";
}

/// <summary>With the one that every entity has.</summary>
[RedisProjection<Patient>]
public sealed partial record PatientName
{
    public int Ward { get; init; }

    public required string Name { get; init; }

    public override string ToString() => "PatientName";
}

/// <summary>Read by a script, which starts its expiry anew.</summary>
[RedisHash("pass:{#Owner}:{Id}"), Expires("10d", Sliding = true)]
public sealed record Pass
{
    public required string Owner { get; init; }

    public required int Id { get; init; }

    [Encrypted]
    public required string Code { get; init; }

    [Encrypted]
    public string? Hint { get; init; }

    public override string ToString() => $"Pass {Id}";
}

[RedisProjection<Pass>]
public sealed partial record PassHint
{
    public string? Hint { get; init; }

    public override string ToString() => "PassHint";
}

/// <summary>An upsert is one HSET. Values that were not encrypted are read.</summary>
[RedisHash("pin:{Id}")]
public sealed record Pin
{
    public required int Id { get; init; }

    [Encrypted(AllowPlaintext = true)]
    public required string Code { get; init; }

    public required int Tries { get; init; }

    public override string ToString() => $"Pin {Id}";
}

/// <summary>One value, encrypted and compressed.</summary>
[RedisString("vault:{Id}"), Encrypted, Compressed, MaxSize("8KB"), Expires("10d")]
public sealed record Vault(string Id, string Text)
{
    public override string ToString() => $"Vault {Id}";
}

/// <summary>One value, read by a script.</summary>
[RedisString("otp:{Id}"), Encrypted, Expires("10d", Sliding = true)]
public sealed record OneTimePassword(string Id, string Text)
{
    public override string ToString() => $"OneTimePassword {Id}";
}

/// <summary>Its serializer leaves out the member of the key, which is then another.</summary>
[RedisString("lost:{Id}"), Encrypted]
public sealed class Lost
{
    [System.Text.Json.Serialization.JsonIgnore]
    public string Id { get; set; } = "QXZJ-4711";
}

/// <summary>Secrets beside an index, and beside a version.</summary>
[RedisHash("dossier:{Id}"), Expires("10d", Sliding = true)]
public sealed record Dossier
{
    public required int Id { get; init; }

    [Encrypted]
    public required string Name { get; init; }

    [Encrypted, Compressed(Threshold = "100B")]
    public string? Notes { get; init; }

    [Indexed]
    public required string Office { get; init; }

    [ConcurrencyToken]
    public long Version { get; init; }

    public override string ToString() => $"Dossier {Id}";
}
