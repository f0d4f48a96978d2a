using StackExchange.Redis;
using TypedRedis.Integration.Tests.ModelBased;
using TypedRedis.Integration.Tests.Models;
using Order = TypedRedis.Integration.Tests.Models.Order;
using TypedRedis.Integration.Tests.Repositories;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Indexes;

/// <summary>Entities and indexes in different slots, which move, and in one slot, which moves too.</summary>
public sealed class IndexClusterTests(ClusterFixture cluster) : IClassFixture<ClusterFixture>
{
    private readonly RedisContext _redis = ServerFixture.NewContext(cluster.Connection);

    [Fact]
    public async Task Every_index_finds_what_there_is_after_many_writers()
    {
        using ConnectionMultiplexer other = await ServerFixture.ConnectAsync(cluster.Cluster.ConnectionString);
        var truth = new IndexTruth(_redis);
        int entities = 0;
        for (int round = 0; round < 2; round++)
        {
            await IndexLoad.RunAsync(_redis, [cluster.Connection, other], writers: 16, IndexLoad.Operations(3_000) / 2, 3000 + (100 * round));
            entities += await truth.CheckAsync(counts: false);
        }

        Assert.True(entities > 0);
        await truth.RepairAsync();
        await truth.CheckAsync(counts: true);
        await truth.DeleteAllAsync();
        await truth.RepairAsync();
        Assert.All(await cluster.KeysAsync(_redis.Prefix), Assert.Empty);
    }

    [Fact]
    public async Task Every_index_finds_what_there_is_after_writers_were_killed()
    {
        await WorkerProcess.WhileKillingAsync(
            cluster.Cluster.ConnectionString, _redis.Prefix, firstSeed: 4000, () => IndexLoad.RunAsync(_redis, [cluster.Connection], writers: 4, IndexLoad.Operations(2_000) / 10, 4100));
        await new IndexTruth(_redis).CheckAsync(counts: false);
    }

    [Fact]
    public async Task Every_index_finds_what_there_is_after_slots_have_moved()
    {
        string[] keys =
        [
            "member:1", "member:{}:email:a", "member:{}:created_at:", "member:{}:country:FR", "booking:{}:seat:1", "booking:c1",
            .. IndexLoad.Tenants.Select(tenant => (string)new OrderKey(tenant, 1).ToRedisKey()!),
        ];
        using var done = new CancellationTokenSource();
        var random = new Random(Seeds.Of(5000));
        Task<int> moving = Task.Run(async () =>
        {
            int moved = 0;
            for (; !done.IsCancellationRequested || moved < keys.Length; moved++)
            {
                int slot = RedisCluster.HashSlot(_redis.Prefix + keys[moved % keys.Length]);
                RedisClusterNode source = await cluster.Cluster.PrimaryOfAsync(slot);
                RedisClusterNode[] targets = [.. (await PrimariesAsync()).Where(node => node != source)];
                RedisSlotMigration migration = await cluster.Cluster.BeginMigrateSlotAsync(slot, targets[random.Next(targets.Length)]);
                for (int part = 0; part < 3; part++)
                {
                    await migration.MoveKeysAsync(1);
                    await new MemberRepository(_redis).GetManyAsync(Enumerable.Range(1, 20).Select(id => (long)id));      // lets the writers at it
                }

                await migration.CompleteAsync();
            }

            return moved;
        });
        await IndexLoad.RunAsync(_redis, [cluster.Connection], writers: 16, IndexLoad.Operations(4_000), 5100, survives: true);
        await done.CancelAsync();
        Assert.True(await moving > 0);
        await new IndexTruth(_redis).CheckAsync(counts: false);
    }

    [Fact]
    public async Task A_whole_write_while_its_slot_begins_to_move_leaves_the_entity()
    {
        var documents = new DocumentRepository(_redis);
        var members = new MemberRepository(_redis);
        var member = new Member { Id = 77, Name = "n", Email = "77", Logins = 4 };
        await documents.InsertAsync(Some.RichDocument());
        await members.InsertAsync(member);
        foreach (string key in (string[])[new DocumentKey("ann", "notes").ToString(), "member:77", "member:{}:email:77", "member:{}:name:77"])
        {
            int slot = RedisCluster.HashSlot(_redis.Prefix + key);
            RedisClusterNode source = await cluster.Cluster.PrimaryOfAsync(slot);
            RedisSlotMigration migration = await cluster.Cluster.BeginMigrateSlotAsync(slot, (await PrimariesAsync()).First(node => node != source));
            for (int half = 0; half < 2; half++)
            {
                Assert.False(await documents.UpsertAsync(Some.Document() with { Title = "t" }));
                Assert.Equal("t", (await documents.GetAsync(("ann", "notes")))!.Title);
                Assert.True(await members.UpdateAsync(member with { Name = $"{half}", Email = $"77{half}" }));
                Assert.Equal($"{half}", (await members.ByEmail.FindAsync($"77{half}"))!.Name);
                Assert.True(await members.UpdateAsync(member));
                await migration.MoveKeysAsync();
            }

            await migration.CompleteAsync();
            await cluster.Cluster.MigrateSlotAsync(slot, source);
        }

        Assert.True((await members.VerifyIndexesAsync()).IsConsistent);
    }

    [Fact]
    public async Task Indexes_in_the_slot_of_their_entities_stay_right_while_it_moves()
    {
        var orders = new OrderRepository(_redis);
        Order Of(int number, string reference) => new() { Tenant = "moving", Number = number, Reference = reference, State = OrderState.Open, Total = number };
        foreach (int number in (int[])[1, 2, 3])
            await orders.InsertAsync(Of(number, $"r{number}"));
        int slot = RedisCluster.HashSlot(_redis.Prefix + new OrderKey("moving", 1));
        RedisClusterNode source = await cluster.Cluster.PrimaryOfAsync(slot);
        for (int moved = 0; moved < 12; moved++)
        {
            RedisSlotMigration migration = await cluster.Cluster.BeginMigrateSlotAsync(slot, (await PrimariesAsync()).First(node => node != source));
            if (moved > 0)
                await migration.MoveKeysAsync(moved);       // any part of entities and indexes is on the other node

            // Reads find everything; a value that an entity has is not free.
            foreach (int number in (int[])[1, 2, 3])
                Assert.Equal(number, (await orders.ByReference.FindAsync(("moving", $"r{number}")))!.Number);
            Assert.Equal([1, 2, 3], (await orders.ByTotal.RangeAsync("moving").ToListAsync()).Select(one => one.Number));
            Assert.Equal(3, await orders.ByState.CountAsync(("moving", OrderState.Open)));
            Task<Exception> clash = Record.ExceptionAsync(() => orders.InsertAsync(Of(9, "r2")));
            Task<bool> patch = orders.PatchAsync(("moving", 1), new OrderPatch { Reference = "q", Total = 1 });
            Task<bool> insert = orders.InsertAsync(Of(4, "r4"));
            Task<bool> delete = orders.DeleteAsync(("moving", 3));
            await migration.MoveKeysAsync();
            await migration.CompleteAsync();
            Assert.IsType<RedisUniqueIndexException>(await clash.EndsAsync());
            Assert.True(await patch.EndsAsync());
            Assert.True(await insert.EndsAsync());
            Assert.True(await delete.EndsAsync());
            Assert.Equal([1, 2, 4], (await orders.ByTotal.RangeAsync("moving").ToListAsync()).Select(one => one.Number));
            Assert.Null(await orders.ByReference.FindAsync(("moving", "r1")));
            await orders.DeleteAsync(("moving", 4));
            await orders.InsertAsync(Of(3, "r3"));
            await orders.PatchAsync(("moving", 1), new OrderPatch { Reference = "r1" });
            await cluster.Cluster.MigrateSlotAsync(slot, source);
            IndexReport report = await orders.VerifyIndexesAsync();
            Assert.True(report.IsConsistent, $"{moved}: {report}");
        }
    }

    private async Task<RedisClusterNode[]> PrimariesAsync()
    {
        var primaries = new List<RedisClusterNode>();
        foreach (RedisClusterNode node in cluster.Cluster.Nodes)
        {
            if (await node.GetRoleAsync() == RedisClusterRole.Primary)
                primaries.Add(node);
        }

        return [.. primaries];
    }
}
