using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Repositories;

/// <summary>Encrypted, compressed and limited members and values, on every path.</summary>
public sealed class SecretTests : IClassFixture<ServerFixture>
{
    private const string Secret = "QXZJ-4711";

    private readonly ServerFixture _fixture;
    private readonly EncryptionKeyRing _ring = new("k1", EncryptionKeyRing.NewKey());
    private readonly RedisContext _redis;

    public SecretTests(ServerFixture fixture)
    {
        _fixture = fixture;
        _redis = Context(_ring);
    }

    [Fact]
    public async Task Hashes_are_secret_however_they_are_written_and_read_however_they_are_read()
    {
        var patients = new PatientRepository(_redis);
        Patient[] all = [.. Enumerable.Range(1, 6).Select(i => Patient(i))];
        await patients.InsertAsync(all[0]);
        await patients.UpsertAsync(all[1]);
        await patients.UpdateAsync(all[1]);
        await patients.InsertManyAsync(all[2..4]);
        await patients.UpsertManyAsync(all[4..]);
        await patients.UpdateManyAsync(all);
        await patients.PatchAsync(1, new PatientPatch { History = all[0].History, Weight = null });
        await patients.PatchManyAsync([(new PatientKey(2), new PatientPatch { Name = all[1].Name, Home = all[1].Home })]);
        await patients.IncrementVisitsAsync(3);
        all[0] = all[0] with { Weight = null };
        all[2] = all[2] with { Visits = 1 };

        Same(all, [await patients.GetAsync(1), .. (await patients.GetManyAsync([2L, 3L, 4L, 5L, 6L]))]);
        Same(all, [.. (await patients.ScanAsync().ToListAsync()).OrderBy(patient => patient.Id)]);
        PatientFile file = (await patients.GetAsync<PatientFile>(2))!;
        Assert.Equal(all[1].History, file.History);
        Assert.Equal(all[1].Scan, file.Scan);
        Assert.Equal([.. all.Select(patient => patient.Name)], (await patients.GetManyAsync<PatientName>([.. all.Select(patient => new PatientKey(patient.Id))])).Select(name => name!.Name));
        Assert.Null(await patients.GetAsync(7));
        await NothingIsPlainAsync();
        Assert.Equal("3", (await _fixture.Server.HashAsync(_redis.Full(new PatientKey(3))))["ward"]);
        Assert.DoesNotContain("weight", (await _fixture.Server.HashAsync(_redis.Full(new PatientKey(1)))).Keys);
    }

    [Fact]
    public async Task Sliding_hashes_and_those_of_one_HSET_are_secret_too()
    {
        var passes = new PassRepository(_redis);
        var pins = new PinRepository(_redis);
        Pass pass = new() { Owner = "ann", Id = 1, Code = Secret, Hint = "as " + Secret };
        await passes.InsertAsync(pass);
        await passes.UpsertManyAsync([pass with { Id = 2 }]);
        Pin pin = new() { Id = 1, Code = Secret, Tries = 3 };
        await pins.UpsertAsync(pin);
        await pins.UpsertManyAsync([pin with { Id = 2 }]);

        Assert.Equal(pass, await passes.GetAsync(("ann", 1)));
        Same([pass, null, pass with { Id = 2 }], await passes.GetManyAsync([new PassKey("ann", 1), new("ann", 3), new("ann", 2)]));
        Assert.Equal("as " + Secret, (await passes.GetAsync<PassHint>(("ann", 2)))!.Hint);
        Assert.Equal("as " + Secret, (await passes.GetManyAsync<PassHint>([new PassKey("ann", 2)]))[0]!.Hint);
        Same([pin, pin with { Id = 2 }], await pins.GetManyAsync([1, 2]));
        await NothingIsPlainAsync();
    }

    [Fact]
    public async Task Strings_are_secret_however_they_are_written_and_read_however_they_are_read()
    {
        var vaults = new VaultRepository(_redis);
        var passwords = new OneTimePasswordRepository(_redis);
        Vault[] all = [.. Enumerable.Range(1, 5).Select(i => new Vault($"v{i}", new string('x', i * 500) + Secret))];
        await vaults.InsertAsync(all[0]);
        await vaults.UpsertAsync(all[1]);
        await vaults.UpdateAsync(all[1]);
        await vaults.InsertManyAsync(all[2..4]);
        await vaults.UpsertManyAsync(all[4..]);
        await vaults.UpdateManyAsync(all);
        OneTimePassword password = new("p1", Secret);
        await passwords.InsertAsync(password);

        Same(all, [await vaults.GetAsync("v1"), .. await vaults.GetManyAsync(["v2", "v3", "v4", "v5"])]);
        Assert.Equal(all, (await vaults.ScanAsync().ToListAsync()).OrderBy(vault => vault.Id));
        Assert.Null(await vaults.GetAsync("v6"));
        Same([password, null], [await passwords.GetAsync("p1"), await passwords.GetAsync("p2")]);
        Same([password, null], await passwords.GetManyAsync(["p1", "p2"]));
        Assert.True((long)await _redis.Database.StringLengthAsync("vault:v5") < 300);
        await NothingIsPlainAsync();
    }

    [Fact]
    public async Task A_value_that_was_copied_to_another_key_field_or_tenant_is_refused_on_every_path()
    {
        var patients = new PatientRepository(_redis);
        var passes = new PassRepository(_redis);
        var vaults = new VaultRepository(_redis);
        IDatabase database = _redis.Database;
        await patients.InsertManyAsync([Patient(1), Patient(2)]);
        await passes.InsertAsync(new() { Owner = "ann", Id = 1, Code = Secret });
        await vaults.InsertAsync(new("v1", Secret));

        await database.HashSetAsync("patient:2", "history", await database.HashGetAsync("patient:1", "history"));
        await RefusedAsync("history", () => patients.GetAsync(2), () => patients.GetManyAsync([1L, 2L]), () => patients.GetAsync<PatientFile>(2), () => patients.GetManyAsync<PatientFile>([new PatientKey(2)]));
        Assert.NotNull(await patients.GetAsync<PatientName>(2));

        await database.HashSetAsync("pass:{ann}:1", "hint", await database.HashGetAsync("pass:{ann}:1", "code"));
        await RefusedAsync("hint", () => passes.GetAsync(("ann", 1)), () => passes.GetManyAsync([new PassKey("ann", 1)]), () => passes.GetAsync<PassHint>(("ann", 1)));

        await database.StringSetAsync("vault:v2", await database.StringGetAsync("vault:v1"));
        await RefusedAsync("(value)", () => vaults.GetAsync("v2"), () => vaults.GetManyAsync(["v1", "v2"]), () => vaults.ScanAsync().CountAsync().AsTask());

        RedisContext tenant = _redis.WithTenant("other");
        await tenant.Database.StringSetAsync("vault:v1", await database.StringGetAsync("vault:v1"));
        await RefusedAsync("(value)", () => new VaultRepository(tenant).GetAsync("v1"));
        await database.KeyRenameAsync("vault:v1", "vault:v3");
        await RefusedAsync("(value)", () => vaults.GetAsync("v3"));
    }

    [Fact]
    public async Task The_value_in_a_string_is_not_told_where_it_is_of_another_entity()
    {
        var lost = new LostRepository(_redis);
        await lost.InsertAsync(new() { Id = "l1" });

        var error = await Assert.ThrowsAsync<RedisDecodeException>(() => lost.GetAsync("l1"));

        Assert.Contains("the entity of another key", error.Message, StringComparison.Ordinal);

        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reencryption_replaces_what_older_keys_encrypted_and_keeps_the_expiry()
    {
        var patients = new PatientRepository(_redis);
        var vaults = new VaultRepository(_redis);
        Patient[] all = [.. Enumerable.Range(1, 30).Select(i => Patient(i))];
        await patients.InsertManyAsync(all[..20], TimeSpan.FromHours(1));
        await vaults.InsertManyAsync([new Vault("v1", Secret), new Vault("v2", Secret)], TimeSpan.FromHours(1));
        await _fixture.Server.ExecuteAsync("HSET", _redis.Prefix + "patient:99", "foreign", "hash");
        _ring.Rotate("k2", EncryptionKeyRing.NewKey());
        await patients.InsertManyAsync(all[20..], TimeSpan.FromHours(1));
        await patients.PatchAsync(1, new PatientPatch { History = "short" });
        all[0] = all[0] with { History = "short" };

        Assert.Equal(20 * 4 - 1, await patients.ReencryptAsync());
        Assert.Equal(0, await patients.ReencryptAsync());
        Assert.Equal(2, await vaults.ReencryptAsync());

        Assert.True(_ring.Retire("k1"));
        Same(all, await patients.GetManyAsync([.. all.Select(patient => patient.Id)]));
        Assert.Equal(Secret, (await vaults.GetAsync("v2"))!.Text);
        Assert.InRange(await _fixture.Server.TimeToLiveAsync(_redis.Prefix + "patient:1"), 1, 3_600_000);
        Assert.InRange(await _fixture.Server.TimeToLiveAsync(_redis.Prefix + "vault:v1"), 1, 3_600_000);
        await NothingIsPlainAsync();
    }

    [Fact]
    public async Task Reencryption_encrypts_what_was_written_before_the_attribute()
    {
        var pins = new PinRepository(_redis);
        await _fixture.Server.ExecuteAsync("HSET", _redis.Prefix + "pin:1", "code", Secret, "tries", "3");
        await pins.UpsertAsync(new() { Id = 2, Code = Secret, Tries = 3 });
        Assert.Equal(Secret, (await pins.GetAsync(1))!.Code);

        Assert.Equal(1, await pins.ReencryptAsync());

        await NothingIsPlainAsync();
        Assert.Equal([Secret, Secret], (await pins.GetManyAsync([1, 2])).Select(pin => pin!.Code));
    }

    [Fact]
    public async Task Reencryption_stops_at_a_value_whose_key_is_lost_and_names_it()
    {
        var vaults = new VaultRepository(_redis);
        await vaults.InsertAsync(new("v1", Secret));
        _ring.Rotate("k2", EncryptionKeyRing.NewKey());
        _ring.Retire("k1");

        var error = await Assert.ThrowsAsync<RedisDecryptException>(() => vaults.ReencryptAsync());

        Assert.Equal((_redis.Prefix + "vault:v1", "k1"), (error.Key, error.KeyId));
        Assert.Contains("it has 'k2' (current)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_rotated_while_eight_read_and_write()
    {
        var patients = new PatientRepository(_redis);
        using var stop = new CancellationTokenSource();
        await patients.UpsertManyAsync(Enumerable.Range(0, 8).Select(i => Patient(i)));
        var versions = new int[8];
        Task[] workers = [.. Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                // Nobody else writes this entity but the re-encryption, which must never bring an old value back.
                int version = ++versions[worker];
                if (version % 2 == 0)
                    Assert.True(await patients.PatchAsync(worker, new PatientPatch { Name = $"{worker}-{version}" }));
                else
                    await patients.UpsertAsync(Patient(worker) with { Name = $"{worker}-{version}" });
                Assert.Equal($"{worker}-{version}", (await patients.GetAsync(worker))!.Name);
                Assert.All(await patients.GetManyAsync<PatientName>([.. Enumerable.Range(0, 8).Select(i => new PatientKey(i))]), Assert.NotNull);
            }
        }))];

        for (int i = 2; i < 12; i++)
        {
            string old = _ring.CurrentId;
            _ring.Rotate($"k{i}", EncryptionKeyRing.NewKey());

            // A write that had begun may still bring the older key; then another walk finds it.
            while (await patients.ReencryptAsync() > 0)
            {
            }

            Assert.Contains(old, _ring.Ids);
        }

        await stop.CancelAsync();
        await Task.WhenAll(workers);
        await patients.ReencryptAsync();
        foreach (string old in _ring.Ids.Skip(1))
            Assert.True(_ring.Retire(old));
        for (int worker = 0; worker < 8; worker++)
            Assert.Equal($"{worker}-{versions[worker]}", (await patients.GetAsync(worker))!.Name);
    }

    [Fact]
    public void A_repository_of_an_encrypted_model_needs_a_ring()
    {
        var without = new RedisContext(_fixture.Connection);
        foreach (Action make in (Action[])[() => _ = new PatientRepository(without), () => _ = new VaultRepository(without)])
        {
            var error = Assert.Throws<InvalidOperationException>(make);
            Assert.Contains("TypedRedis.Integration.Tests.Models.", error.Message, StringComparison.Ordinal);
            Assert.Contains("RedisContextOptions.KeyRing is null", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_is_too_large_is_not_sent()
    {
        var patients = new PatientRepository(_redis);
        await patients.InsertAsync(Patient(1));
        string large = new('€', 67);

        foreach (Func<Task> write in (Func<Task>[])
        [
            () => patients.InsertAsync(Patient(2) with { Remark = large }),
            () => patients.UpsertAsync(Patient(2) with { Remark = large }),
            () => patients.UpsertManyAsync([Patient(2) with { Remark = large }]),
            () => patients.PatchAsync(1, new PatientPatch { Remark = large }),
            () => patients.PatchManyAsync([(new PatientKey(1), new PatientPatch { Remark = large })]),
        ])
        {
            var error = await Assert.ThrowsAsync<RedisEncodeException>(write);
            Assert.Equal("remark", error.Field);
            Assert.Contains("has 201 bytes, more than the 200 of [MaxSize]", error.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<RedisEncodeException>(() => new VaultRepository(_redis).UpsertAsync(new("v1", new string('x', 9000))));
        Assert.Equal([_redis.Prefix + "patient:1"], await _fixture.Server.KeysAsync(_redis.Prefix));
        Assert.True(await patients.PatchAsync(1, new PatientPatch { Remark = new string('€', 66) }));
    }

    [Fact]
    public async Task Compressed_members_are_small_and_others_stay_as_they_are()
    {
        var patients = new PatientRepository(_redis);
        byte[] noise = RandomNumberGenerator.GetBytes(5000);
        noise[0] = 1;
        await patients.InsertManyAsync([Patient(1) with { Scan = new byte[5000] }, Patient(2) with { Scan = noise }, Patient(3) with { Scan = [0xFF, 0x54, 0x52, 0x01] }]);

        Assert.True(((byte[])(await _redis.Database.HashGetAsync("patient:1", "scan"))!).Length < 100);
        Assert.Equal(noise, (byte[]?)await _redis.Database.HashGetAsync("patient:2", "scan"));
        Assert.Equal(new byte[5000], (await patients.GetAsync(1))!.Scan);
        Assert.Equal(noise, (await patients.GetAsync(2))!.Scan);
        Assert.Equal([0xFF, 0x54, 0x52, 0x01], (await patients.GetAsync(3))!.Scan);
    }

    private static Patient Patient(long id) => new()
    {
        Id = id,
        Name = $"{Secret} {id}",
        Ward = (int)id,
        Weight = 70,
        History = string.Join(", ", Enumerable.Repeat(Secret, 300)),
        Home = new Place(Secret, 540),
        Scan = [.. Enumerable.Repeat((byte)id, 500)],
        Remark = "a remark",
    };

    [Fact]
    public async Task Indexes_versions_and_conditions_work_beside_secrets()
    {
        var dossiers = new DossierRepository(_redis);
        var dossier = new Dossier { Id = 1, Name = Secret, Notes = string.Concat(Enumerable.Repeat(Secret, 40)), Office = "a" };
        await dossiers.InsertAsync(dossier);
        Assert.Equal(dossier, await dossiers.GetAsync(1));
        Assert.Equal(dossier, Assert.Single(await dossiers.ByOffice.ListAsync("a").ToListAsync()));
        Dossier updated = (await dossiers.UpdateAsync(1, one => one with { Notes = one.Notes + "!" }))!;
        Assert.Equal(dossier with { Notes = dossier.Notes + "!", Version = 1 }, updated);
        Assert.Equal(updated, await dossiers.GetAsync(1));
        await Assert.ThrowsAsync<RedisConcurrencyException>(() => dossiers.UpdateAsync(dossier));
        Assert.True(await dossiers.PatchAsync(1, new DossierPatch { Name = Secret + "2", Office = "b" }));
        Assert.Equal(Secret + "2", Assert.Single(await dossiers.ByOffice.ListAsync("b").ToListAsync()).Name);
        Assert.Equal(PatchResult.Applied, await dossiers.PatchWhenAsync(1, new() { Office = "b" }, new() { Notes = null }));
        Assert.Equal(PatchResult.Applied, await dossiers.PatchWhenAsync(1, new() { Notes = null }, new() { Notes = Secret }));
        await Assert.ThrowsAsync<ArgumentException>(() => dossiers.PatchWhenAsync(1, new() { Notes = Secret }, new() { Notes = null }));
        await NothingIsPlainAsync();

        var patients = new PatientRepository(_redis);
        await patients.InsertAsync(Patient(1));
        await patients.IncrementVisitsAsync(1);
        Assert.Equal(Patient(1).Ward + 1, (await patients.UpdateAsync(1, one => one with { Ward = one.Ward + 1 }))!.Ward);
        Assert.Equal(Patient(1).Name, (await patients.GetAsync(1))!.Name);
    }

    private RedisContext Context(EncryptionKeyRing ring)
        => new(_fixture.Connection, ServerFixture.Patient with { Prefix = ServerFixture.NewPrefix(), KeyRing = ring });

    private static void Same<T>(T?[] expected, T?[] actual)
        where T : class
        => Assert.Equal(Array.ConvertAll(expected, ModelBased.Shown.Of), Array.ConvertAll(actual, ModelBased.Shown.Of));

    private static async Task RefusedAsync(string field, params Func<Task>[] reads)
    {
        foreach (Func<Task> read in reads)
        {
            var error = await Assert.ThrowsAsync<RedisDecryptException>(read);
            Assert.Equal((field, "k1"), (error.Field, error.KeyId));
            Assert.Contains(error.Key!, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
        }
    }

    // As an attacker who reads the memory of the server sees it.
    private async Task NothingIsPlainAsync()
    {
        string[] keys = await _fixture.Server.KeysAsync(_redis.Prefix);
        Assert.NotEmpty(keys);
        foreach (string key in keys)
        {
            var reply = (await _fixture.Server.ExecuteAsync("TYPE", key)).Text switch
            {
                "hash" => await _fixture.Server.ExecuteAsync("HGETALL", key),
                "zset" => await _fixture.Server.ExecuteAsync("ZRANGE", key, "0", "-1"),
                _ => await _fixture.Server.ExecuteAsync("GET", key),
            };
            foreach (var value in reply.Items.Append(reply).Where(value => value.Items.Count == 0))
                Assert.True(value.Bytes.Span.IndexOf(Encoding.UTF8.GetBytes(Secret)) < 0, key);
        }
    }
}
