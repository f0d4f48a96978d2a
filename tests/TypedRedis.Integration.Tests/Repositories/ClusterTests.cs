using StackExchange.Redis;
using TypedRedis.Integration.Tests.ModelBased;
using TypedRedis.Integration.Tests.Models;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Repositories;

/// <summary>Three primaries, each with a third of the slots and a replica.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    public RedisCluster Cluster { get; private set; } = null!;

    public ConnectionMultiplexer Connection { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Cluster = await RedisCluster.StartAsync(new() { NodeTimeout = TimeSpan.FromSeconds(30) });
        Connection = await ServerFixture.ConnectAsync(Cluster.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        Connection.Dispose();
        await Cluster.DisposeAsync();
    }

    /// <summary>The keys of each primary.</summary>
    public async Task<string[][]> KeysAsync(string prefix)
    {
        var keys = new List<string[]>();
        foreach (RedisClusterNode node in Cluster.Nodes)
        {
            if (await node.GetRoleAsync() == RedisClusterRole.Primary)
                keys.Add(await node.Server.KeysAsync(prefix));
        }

        return [.. keys];
    }
}

/// <summary>Both repositories on a cluster.</summary>
public sealed class ClusterTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private readonly RedisContext _redis = ServerFixture.NewContext(cluster.Connection);

    [Fact]
    public async Task A_full_memory_does_not_keep_an_indexed_entity_from_being_read()
    {
        var bookings = new BookingRepository(_redis);
        await bookings.InsertAsync(new() { Code = "a", Seat = "1", Show = "s" });
        await _redis.Database.HashDeleteAsync("booking:a", "_iu");      // so that the read has to tell the indexes
        await SetMaxMemoryAsync("1");
        try
        {
            Assert.Equal("1", (await bookings.GetAsync("a"))?.Seat);
        }
        finally
        {
            await SetMaxMemoryAsync("0");
        }
    }

    private Task SetMaxMemoryAsync(string bytes) => Task.WhenAll(cluster.Cluster.Nodes.Select(node => node.ExecuteAsync("CONFIG", "SET", "maxmemory", bytes)));

    [Fact]
    public async Task A_hash_and_a_string_are_written_and_read_through_the_driver()
    {
        var products = new ProductRepository(_redis);
        var settings = new SettingRepository(_redis);
        int[] ids = [.. Enumerable.Range(0, 50)];
        foreach (int id in ids)
        {
            await products.UpsertAsync(Some.Product(id));
            await settings.UpsertAsync(Some.Setting($"{id}"));
            Assert.Equal(Some.Product(id), await products.GetAsync(id));
            Assert.Equal(Some.Setting($"{id}"), await settings.GetAsync($"{id}"));
        }

        Assert.Equal(ids.Select(Some.Product), await products.GetManyAsync(ids));
        Assert.Equal(ids.Select(id => Some.Setting($"{id}")), await settings.GetManyAsync(ids.Select(id => $"{id}")));
        Assert.Equal(ids, (await products.ScanAsync().Select(product => product.Id).ToHashSetAsync()).Order());
        Assert.Equal(ids.Length, (await settings.ScanAsync().Select(setting => setting.Id).ToHashSetAsync()).Count);

        // Each key is where the cluster says.
        foreach (int id in ids)
        {
            string key = _redis.Full(new ProductKey(id));
            Assert.True(await (await cluster.Cluster.PrimaryOfAsync(key)).Server.ExistsAsync(key));
        }
    }

    [Fact]
    public async Task A_slot_that_moves_is_followed()
    {
        var products = new ProductRepository(_redis);
        await products.UpsertAsync(Some.Product());
        int slot = RedisCluster.HashSlot(_redis.Full(new ProductKey(42)));
        RedisClusterNode source = await cluster.Cluster.PrimaryOfAsync(slot);
        RedisClusterNode target = await cluster.Cluster.PrimaryOfAsync((slot + RedisCluster.SlotCount / 2) % RedisCluster.SlotCount);

        RedisSlotMigration migration = await cluster.Cluster.BeginMigrateSlotAsync(slot, target);
        Assert.Equal(Some.Product(), await products.GetAsync(42));
        Assert.True(await migration.MoveKeysAsync() > 0);    // other tests may have left keys in the slot
        Assert.Equal(Some.Product(), await products.GetAsync(42));    // ASK
        await products.UpsertAsync(Some.Product() with { Name = "half way" });
        await migration.CompleteAsync();
        Assert.Equal("half way", (await products.GetAsync(42))?.Name);    // MOVED
        await cluster.Cluster.MigrateSlotAsync(slot, source);
        Assert.Equal("half way", (await products.GetAsync(42))?.Name);
    }

    [Fact]
    public async Task Batches_of_values_whose_slot_moves_wait_until_they_are_together()
    {
        var hits = new HitsValue(_redis);
        var sessions = new SessionRepository(_redis);
        HitsValueKey[] keys = [.. Enumerable.Range(1, 4).Select(day => new HitsValueKey("moving", new DateOnly(2025, 1, day)))];
        foreach (HitsValueKey key in keys[..3])
            await hits.SetAsync(key, key.Day.Day);
        Session[] some = [.. Enumerable.Range(1, 3).Select(id => Some.Session(7) with { Id = $"s{id}" })];
        await sessions.UpsertManyAsync(some);
        foreach (string key in (string[])[_redis.Full(keys[0]), _redis.Full(new SessionKey(7, "s1"))])
        {
            int slot = RedisCluster.HashSlot(key);
            RedisClusterNode source = await cluster.Cluster.PrimaryOfAsync(slot), target = await cluster.Cluster.PrimaryOfAsync((slot + (RedisCluster.SlotCount / 2)) % RedisCluster.SlotCount);
            RedisSlotMigration migration = await cluster.Cluster.BeginMigrateSlotAsync(slot, target);
            Assert.Equal(1, await migration.MoveKeysAsync(1));
            Task<int?[]> read = hits.GetManyAsync(keys);
            Task<Session?[]> readSessions = sessions.GetManyAsync([(7, "s1"), (7, "s2"), (7, "none")]);
            Task<bool[]> update = sessions.UpdateManyAsync([.. some, Some.Session(7) with { Id = "none" }]);
            await sessions.OverwriteManyAsync([.. some, Some.Session(7) with { Id = "new" }], Timeout.InfiniteTimeSpan).EndsAsync();
            await migration.CompleteAsync();
            Assert.Equal((int?[])[1, 2, 3, null], await read.EndsAsync());
            Assert.Equal(["s1", "s2", null], (await readSessions.EndsAsync()).Select(static session => session?.Id));
            Assert.Equal((bool[])[true, true, true, false], await update.EndsAsync());
            Assert.Equal(["s1", "s2", "s3", "new"], (await sessions.GetManyAsync([(7, "s1"), (7, "s2"), (7, "s3"), (7, "new")])).Select(static session => session?.Id));
            await cluster.Cluster.MigrateSlotAsync(slot, source);
        }
    }

    [Fact]
    public async Task Batches_walks_and_bulk_deletes_reach_every_node()
    {
        var products = new ProductRepository(_redis);
        var documents = new DocumentRepository(_redis);
        var settings = new SettingRepository(_redis);
        var sessions = new SessionRepository(_redis);
        int[] ids = [.. Enumerable.Range(0, 3000)];
        var evens = ids.Where(id => id % 2 == 0).ToArray();

        await products.UpsertManyAsync(evens.Select(Some.Product));
        await documents.UpsertManyAsync(evens.Select(id => Some.Document($"o{id}", "n") with { Pages = id }));
        await settings.UpsertManyAsync(evens.Select(id => Some.Setting($"{id}")));
        await sessions.UpsertManyAsync(evens.Select(id => Some.Session(id)));
        string[][] keys = await cluster.KeysAsync(_redis.Prefix);
        Assert.Equal(4 * evens.Length, keys.Sum(node => node.Length));
        Assert.All(keys, node => Assert.InRange(node.Length, evens.Length, 2 * evens.Length));    // a third each, give or take

        Assert.Equal(ids.Select(id => id % 2 == 0 ? id : (int?)null), (await products.GetManyAsync(ids)).Select(product => product?.Id));
        Assert.Equal(ids.Select(id => id % 2 == 0 ? id : (int?)null), (await documents.GetManyAsync(ids.Select(id => ($"o{id}", "n")))).Select(document => document?.Pages));
        Assert.Equal(ids.Select(id => id % 2 == 0 ? $"{id}" : null), (await settings.GetManyAsync(ids.Select(id => $"{id}"))).Select(setting => setting?.Id));
        Assert.Equal(ids.Select(id => id % 2 == 0 ? id : (long?)null), (await sessions.GetManyAsync(ids.Select(id => ((long)id, "s1")))).Select(session => session?.User));
        Assert.Equal(ids.Select(id => id % 2 == 0), await settings.ExistsManyAsync(ids.Select(id => new SettingKey($"{id}"))));
        Assert.Equal(ids.Select(id => id % 2 == 1), await products.InsertManyAsync(ids.Select(Some.Product)));
        Assert.Equal(ids.Select(id => id % 2 == 0), await settings.UpdateManyAsync(ids.Select(id => Some.Setting($"{id}"))));

        Assert.Equal(ids, (await products.ScanKeysAsync(pageSize: 100).ToHashSetAsync()).Select(key => key.Id).Order());
        Assert.Equal(evens, (await documents.ScanAsync().Select(document => document.Pages!.Value).ToHashSetAsync()).Order());
        Assert.Equal(evens.Length, (await settings.ScanAsync().Select(setting => setting.Id).ToHashSetAsync()).Count);
        Assert.Equal(evens.Length, (await sessions.ScanKeysAsync().ToHashSetAsync()).Count);

        Assert.Equal(ids.Length, await products.DeleteAllAsync());
        Assert.Equal(evens.Length, await documents.DeleteAllAsync());
        Assert.Equal(evens.Length, await settings.DeleteAllAsync());
        Assert.Equal(ids.Select(id => id % 2 == 0), await sessions.DeleteManyAsync(ids.Select(id => ((long)id, "s1"))));
        Assert.All(await cluster.KeysAsync(_redis.Prefix), Assert.Empty);
    }

    [Fact]
    public async Task Every_verb_answers_as_on_one_node()
    {
        RedisContext[] tenants = [_redis.WithTenant("a"), _redis.WithTenant("{x}"), _redis.WithTenant("*")];
        await Task.WhenAll(tenants.SelectMany((tenant, i) => (Task[])
        [
            Task.Run(() => new ModelRun<Product, ProductKey>(new ProductScenario(tenant), worker: 1, alone: true, Seeds.Of(600 + i)).RunAsync(100)),
            Task.Run(() => new ModelRun<Document, DocumentKey>(new DocumentScenario(tenant), worker: 1, alone: true, Seeds.Of(610 + i)).RunAsync(100)),
            Task.Run(() => new ModelRun<Setting, SettingKey>(new SettingScenario(tenant), worker: 1, alone: true, Seeds.Of(620 + i)).RunAsync(100)),
            Task.Run(() => new ModelRun<Session, SessionKey>(new SessionScenario(tenant), worker: 1, alone: true, Seeds.Of(630 + i)).RunAsync(100)),
        ]));
    }

    [Fact]
    public async Task Reencryption_reaches_every_node()
    {
        var ring = new EncryptionKeyRing("k1", EncryptionKeyRing.NewKey());
        var redis = new RedisContext(cluster.Connection, _redis.Options with { KeyRing = ring });
        var passes = new PassRepository(redis);
        var vaults = new VaultRepository(redis);
        int[] ids = [.. Enumerable.Range(0, 300)];
        await passes.UpsertManyAsync(ids.Select(id => new Pass { Owner = $"o{id}", Id = id, Code = "c" }));
        await vaults.UpsertManyAsync(ids.Select(id => new Vault($"{id}", "t")));
        ring.Rotate("k2", EncryptionKeyRing.NewKey());

        Assert.Equal((ids.Length, ids.Length), (await passes.ReencryptAsync(), await vaults.ReencryptAsync()));

        ring.Retire("k1");
        Assert.All(await passes.GetManyAsync(ids.Select(id => ($"o{id}", id))), Assert.NotNull);
        Assert.All(await vaults.GetManyAsync(ids.Select(id => $"{id}")), Assert.NotNull);
    }

    [Fact]
    public async Task Errors_name_the_key()
    {
        var settings = new SettingRepository(_redis);
        string key = _redis.Prefix + "setting:500";
        await _redis.Database.HashSetAsync("setting:500", "f", "v");

        Assert.Equal(key, (await Assert.ThrowsAsync<RedisWrongTypeException>(() => settings.GetManyAsync(Enumerable.Range(0, 1000).Select(id => $"{id}")))).Key);
        Assert.Equal(key, (await Assert.ThrowsAsync<RedisWrongTypeException>(() => settings.UpsertManyAsync(Enumerable.Range(0, 1000).Select(id => Some.Setting($"{id}"))))).Key);
        Assert.Equal(key, (await Assert.ThrowsAsync<RedisWrongTypeException>(() => settings.DeleteAsync("500"))).Key);
    }

    [Fact]
    public async Task Flushed_scripts_surface_nothing()
    {
        var documents = new DocumentRepository(_redis);
        foreach (int round in Enumerable.Range(0, 10))
        {
            foreach (RedisClusterNode node in cluster.Cluster.Nodes)
                await node.ExecuteAsync("SCRIPT", "FLUSH");
            bool[] inserted = await documents.InsertManyAsync(Enumerable.Range(0, 300).Select(i => Some.Document($"{round}-{i}", "n")));
            Assert.All(inserted, Assert.True);
            Assert.Equal(1, await documents.IncrementViewsAsync(($"{round}-1", "n")));
        }

        Assert.Equal(3000, await documents.DeleteAllAsync());
    }
}
