using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.ModelBased;

internal sealed class PatientScenario(RedisContext redis, PatientRepository patients)
    : Scenario<Patient, PatientKey>(new HashVerbs<Patient, PatientKey, PatientHash>(patients), PatientHash.Schema, redis)
{
    public PatientScenario(RedisContext redis)
        : this(redis, new(redis))
    {
    }

    public override PatientKey[] Keys(int worker) => [.. Enumerable.Range(worker * 5, 5).Select(id => new PatientKey(id))];

    public override PatientKey KeyOf(Patient entity) => new(entity.Id);

    public override Patient Entity(Random random, PatientKey key) => new()
    {
        Id = key.Id,
        Name = Text(random),
        Ward = random.Next(9),
        Weight = Maybe(random, random.Next()),
        History = random.Next(3) == 0 ? null : Long(random),
        Home = random.Next(2) == 0 ? null : new Place(Text(random), Maybe(random, random.NextDouble())),
        Scan = random.Next(4) switch { 0 => null, 1 => [], 2 => [0xFF, 0x54, 0x52, (byte)random.Next(20)], _ => new byte[random.Next(200)] },
        Remark = random.Next(2) == 0 ? null : "a remark",
        Visits = random.Next(10),
    };

    public override Patient KeepCounters(Patient written, Patient existing) => written with { Visits = existing.Visits };

    public override IReadOnlyList<Counter<Patient, PatientKey>> Counters { get; } =
    [
        new("Visits", long.MinValue, long.MaxValue, (key, by) => patients.IncrementVisitsAsync(key, by), static entity => entity.Visits, static (entity, value) => entity with { Visits = value }),
    ];

    public override IReadOnlyList<Projection<Patient, PatientKey>> Projections { get; } =
    [
        new Projection<Patient, PatientKey, PatientHash, PatientFile>(patients, static entity => new() { History = entity.History, Scan = entity.Scan }),
        new Projection<Patient, PatientKey, PatientHash, PatientName>(patients, static entity => new() { Ward = entity.Ward, Name = entity.Name }),
    ];

    public override Patches<Patient, PatientKey> Patches { get; } = new Patches<Patient, PatientKey, PatientPatch>(
        (key, patch) => patients.PatchAsync(key, patch),
        patches => patients.PatchManyAsync(patches),
        (static random => { var value = Text(random); return (patch => patch.Name = value, entity => entity with { Name = value }); }, 30),
        (static random => { var value = Maybe(random, random.Next(99)); return (patch => patch.Weight = value, entity => entity with { Weight = value }); }, 30),
        (static random => { var value = random.Next(2) == 0 ? null : Long(random); return (patch => patch.History = value, entity => entity with { History = value }); }, 30),
        (static random => { byte[]? value = random.Next(2) == 0 ? null : new byte[random.Next(200)]; return (patch => patch.Scan = value, entity => entity with { Scan = value }); }, 30));

    // Around the threshold.
    public static string Long(Random random) => string.Concat(Enumerable.Repeat(Text(random), random.Next(200)));
}

internal sealed class VaultScenario(RedisContext redis)
    : Scenario<Vault, VaultKey>(new StringVerbs<Vault, VaultKey, VaultString>(new VaultRepository(redis)), VaultString.Schema, redis)
{
    public override VaultKey[] Keys(int worker) => [.. Enumerable.Range(0, 5).Select(i => new VaultKey($"{worker}{Hostile(i * 3 + worker)}"))];

    public override VaultKey KeyOf(Vault entity) => new(entity.Id);

    public override Vault Entity(Random random, VaultKey key) => new(key.Id, string.Concat(Enumerable.Repeat(Text(random), random.Next(4))));
}
