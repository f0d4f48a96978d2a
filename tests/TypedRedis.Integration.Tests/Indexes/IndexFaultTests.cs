using StackExchange.Redis;
using TypedRedis.Integration.Tests.Faults;
using TypedRedis.Integration.Tests.Models;
using TypedRedis.Integration.Tests.Repositories;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Indexes;

/// <summary>Servers that forget, refuse, die or hold something else: an entity and its indexes change together or not at all.</summary>
[Collection(FaultCollection.Name)]
public sealed class IndexFaultTests(ServerFixture fixture, ClusterFixture cluster) : IClassFixture<ServerFixture>, IClassFixture<ClusterFixture>
{
    private static readonly Member Ann = new() { Id = 1, Name = "Ann", Email = "a", Country = "FR", Rating = 3, Tags = ["x"] };

    [Fact]
    public async Task Forgotten_scripts_surface_nothing()
    {
        RedisContext redis = fixture.NewContext();
        using var done = new CancellationTokenSource();
        Task<int> flushing = Task.Run(async () =>
        {
            int flushes = 0;
            for (; !done.IsCancellationRequested; flushes++)
            {
                await fixture.Server.ExecuteAsync("SCRIPT", "FLUSH");
                await new MemberRepository(redis).GetManyAsync([1, 2]);
            }

            return flushes;
        });
        await IndexLoad.RunAsync(redis, [fixture.Connection], writers: 8, IndexLoad.Operations(1_600), 7000);
        await new IndexTruth(redis).CheckAsync(counts: true);
        await done.CancelAsync();
        Assert.True(await flushing > 10);
    }

    [Fact]
    public async Task A_server_that_is_killed_and_restarted_has_indexes_that_fit()
    {
        await using RedisServer server = await RedisServer.StartAsync(new() { Persistence = RedisPersistence.AppendOnly, Configuration = { ["appendfsync"] = "always" } });
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        RedisContext redis = new(connection, ServerFixture.Patient with { Prefix = "r", OperationTimeout = TimeSpan.FromSeconds(5) });
        for (int round = 0; round < 3; round++)
        {
            Task load = IndexLoad.RunAsync(redis, [connection], writers: 8, 400, 7100 + (10 * round), survives: true);
            await server.KillAsync();
            await server.RestartAsync();
            await load;
            await Bounded.SucceedsAsync(() => new MemberRepository(redis).ExistsAsync(1));
            await IndexLoad.RunAsync(redis, [connection], writers: 8, 400, 7200 + (10 * round), survives: true);
            await new IndexTruth(redis).CheckAsync(counts: true);
        }
    }

    [Fact]
    public async Task Connections_that_are_cut_leave_indexes_that_fit()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        RedisContext redis = new(connection, ServerFixture.Patient with { Prefix = "r", OperationTimeout = TimeSpan.FromSeconds(5) });
        var truth = new IndexTruth(redis);
        long cut = 0;
        for (int round = 0; round < 5; round++)
        {
            await IndexLoad.RunAsync(redis, [connection], writers: 8, 80, 7300 + (20 * round), survives: true);
            Task load = IndexLoad.RunAsync(redis, [connection], writers: 8, 400, 7310 + (20 * round), survives: true);
            cut += (await server.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal")).Integer;
            await load;
            await Bounded.SucceedsAsync(() => new MemberRepository(redis).ExistsAsync(1));
        }

        Assert.True(cut >= 5);
        Assert.True(await truth.CheckAsync(counts: true) > 0);
        await truth.VerifyAsync(repair: true);      // of entities that have expired
        Assert.All(await truth.VerifyAsync(repair: false), report => Assert.True(report.IsConsistent, report.ToString()));
    }

    [Fact]
    public async Task A_write_that_a_full_server_refuses_changes_nothing()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(server);
        var members = new MemberRepository(new RedisContext(connection, ServerFixture.Patient with { Prefix = "r" }));
        await members.InsertAsync(Ann);
        await members.InsertAsync(Ann with { Id = 2, Email = "b" });
        await server.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        foreach (Func<Task> write in (Func<Task>[])[
            () => members.InsertAsync(Ann with { Id = 3, Email = "c" }),
            () => members.UpsertAsync(Ann with { Email = "d", Country = "DE" }),
            () => members.UpdateAsync(Ann with { Email = "d", Country = "DE" }, TimeSpan.FromHours(1)),
            () => members.UpdateManyAsync([Ann with { Rating = 4 }]),
            () => members.PatchAsync(1, new MemberPatch { Country = "DE", Tags = ["y"] }),
            () => members.IncrementLoginsAsync(1),
            () => members.UpdateAsync(1, one => one with { Country = "IT" })])
        {
            Assert.Contains("OOM", (await Assert.ThrowsAsync<RedisServerException>(write)).Message, StringComparison.Ordinal);
        }

        await server.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        Assert.Equivalent(Ann, await members.ByEmail.FindAsync("a"), strict: true);
        Assert.Equal(2, await members.ByCountry.CountAsync("FR"));
        Assert.Empty(await members.ByTags.ListAsync("y").ToListAsync());
        IndexReport report = await members.VerifyIndexesAsync();
        Assert.True(report.IsConsistent, report.ToString());
    }

    [Fact]
    public async Task A_write_that_a_full_node_refuses_changes_nothing()
    {
        RedisContext redis = ServerFixture.NewContext(cluster.Connection);
        var members = new MemberRepository(redis);
        await members.InsertAsync(Ann);
        RedisClusterNode home = await cluster.Cluster.PrimaryOfAsync(redis.Prefix + "member:1");
        foreach (RedisClusterNode node in cluster.Cluster.Nodes)
        {
            // Each in turn: the one that has the entity, one that has some of its indexes, and one that follows another and refuses nothing.
            await node.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
            var error = await Record.ExceptionAsync(() => members.UpdateAsync(Ann with { Email = "d", Country = "DE", Rating = 9, Tags = ["y", "z"] }));
            Assert.True(error is null || (error is RedisServerException && error.Message.Contains("OOM", StringComparison.Ordinal)), error?.ToString());
            Assert.False(node == home && error is null);
            await node.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
            if (error is not null)
            {
                Assert.Equivalent(Ann, await members.ByEmail.FindAsync("a"), strict: true);
                Assert.Null(await members.ByEmail.FindAsync("d"));
                Assert.Equal((1, 0), (await members.ByCountry.CountAsync("FR"), await members.ByCountry.CountAsync("DE")));
            }

            Assert.True(await members.UpdateAsync(Ann));
            IndexReport report = await members.VerifyIndexesAsync();
            Assert.True(report.IsConsistent, report.ToString());
        }
    }

    [Theory]
    [InlineData("member:1", "hash", false)]
    [InlineData("member:{}:email:a", "string", false)]
    [InlineData("member:{}:country:FR", "zset", false)]
    [InlineData("member:{}:created_at:", "zset", false)]
    [InlineData("member:{}:country_and_rating:FR{}x", "zset", false)]
    [InlineData("member:1", "hash", true)]
    [InlineData("member:{}:email:a", "string", true)]
    [InlineData("member:{}:country:FR", "zset", true)]
    [InlineData("member:{}:created_at:", "zset", true)]
    [InlineData("member:{}:country_and_rating:FR{}x", "zset", true)]
    public async Task A_key_of_another_type_is_named_and_nothing_is_changed(string key, string expected, bool onCluster)
    {
        RedisContext redis = onCluster ? ServerFixture.NewContext(cluster.Connection) : fixture.NewContext();
        var members = new MemberRepository(redis);
        await members.InsertAsync(Ann with { Id = 2, Email = "b", Country = "DE" });
        await redis.Database.KeyDeleteAsync(key);
        await redis.Database.SetAddAsync(key, "foreign");
        foreach (Func<Task> write in (Func<Task>[])[
            () => members.InsertAsync(Ann, TimeSpan.FromHours(1)),
            () => members.UpsertAsync(Ann, TimeSpan.FromHours(1)),
            () => members.UpsertManyAsync([Ann], TimeSpan.FromHours(1))])
        {
            var error = await Assert.ThrowsAsync<RedisWrongTypeException>(write);
            Assert.Equal(redis.Prefix + key, error.Key);
            Assert.Contains($"does not hold a {expected}", error.Message, StringComparison.Ordinal);
        }

        if (key != "member:1")
        {
            Assert.False(await members.ExistsAsync(1));

            // Nor is one changed that is to get such an entry.
            if (!key.EndsWith("{}x", StringComparison.Ordinal))
            {
                Member other = (await members.GetAsync(2))!;
                await Assert.ThrowsAsync<RedisWrongTypeException>(
                    () => members.PatchAsync(2, new MemberPatch { Name = "x", Email = "a", Country = "FR", CreatedAt = DateTimeOffset.MaxValue, Rating = 7 }));
                Assert.Equivalent(other, await members.GetAsync(2), strict: true);
            }
        }

        Assert.Equal("foreign", (await redis.Database.SetMembersAsync(key)).Single());
    }
}
