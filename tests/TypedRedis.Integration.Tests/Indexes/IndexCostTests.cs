using System.Globalization;
using System.Text.RegularExpressions;
using StackExchange.Redis;
using TypedRedis.Integration.Tests.Faults;
using TypedRedis.Integration.Tests.Models;
using TypedRedis.Integration.Tests.Repositories;
using TypedRedis.Testing;
using Order = TypedRedis.Integration.Tests.Models.Order;

namespace TypedRedis.Integration.Tests.Indexes;

/// <summary>What clients send, by the servers' own count: calls and not what scripts do in them.</summary>
[Collection(FaultCollection.Name)]
public sealed class IndexCostTests(ServerFixture fixture, ClusterFixture cluster) : IClassFixture<ServerFixture>, IClassFixture<ClusterFixture>
{
    private static Member Of(int id) => new() { Id = id, Name = $"n{id}", Email = $"e{id}", Country = "FR", Rating = id, Tags = ["x", "y"] };

    [Fact]
    public async Task On_one_server_a_change_is_one_call()
    {
        RedisContext redis = fixture.NewContext();
        var members = new MemberRepository(redis);
        RedisServer[] servers = [fixture.Server];
        await members.UpsertManyAsync(Enumerable.Range(1, 100).Select(Of));
        Assert.Equal((1, 0), await CountAsync(servers, () => members.UpsertAsync(Of(1) with { Email = "other", Country = "DE" })));
        Assert.Equal((1, 0), await CountAsync(servers, () => members.PatchAsync(1, new MemberPatch { Email = "e1" })));
        Assert.Equal((1, 0), await CountAsync(servers, () => members.IncrementLoginsAsync(1)));
        Assert.Equal((1, 0), await CountAsync(servers, () => members.ByEmail.FindAsync("e1")));
        Assert.Equal((1, 0), await CountAsync(servers, () => members.ByCreatedAt.CountAsync()));
        Assert.Equal((1, 100), await CountAsync(servers, () => members.ByCreatedAt.PageAsync(100)));
        Assert.Equal((1, 0), await CountAsync(servers, () => members.DeleteAsync(1)));
    }

    [Fact]
    public async Task On_a_cluster_a_find_is_two_calls_and_a_change_in_one_slot_is_one()
    {
        RedisContext redis = ServerFixture.NewContext(cluster.Connection);
        var members = new MemberRepository(redis);
        var orders = new OrderRepository(redis);
        RedisServer[] servers = [.. cluster.Cluster.Nodes.Select(node => node.Server)];
        var order = new Order { Tenant = "t", Number = 1, Reference = "r", State = OrderState.Open };
        await members.UpsertAsync(Of(1));
        await orders.InsertAsync(order);
        await orders.DeleteAsync(("t", 1));
        Assert.Equal((1, 0), await CountAsync(servers, () => orders.InsertAsync(order)));
        Assert.Equal((1, 0), await CountAsync(servers, () => orders.UpdateAsync(order with { Reference = "s", State = OrderState.Paid, Total = 5 })));
        Assert.Equal((1, 0), await CountAsync(servers, () => orders.PatchAsync(("t", 1), new OrderPatch { State = OrderState.Sent, Total = 9 })));
        Assert.Equal((0, 1), await CountAsync(servers, () => orders.ByReference.FindAsync(("t", "s")), gets: 1));
        Assert.Equal((1, 0), await CountAsync(servers, () => orders.DeleteAsync(("t", 1))));
        Assert.Equal((0, 1), await CountAsync(servers, () => members.ByEmail.FindAsync("e1"), gets: 1));
        Assert.Equal((1, 0), await CountAsync(servers, () => members.PatchAsync(1, new MemberPatch { Name = "x" })));       // no index is changed
    }

    // Scripts, and HMGETs of clients: those of scripts are counted too, so that they are taken off.
    private static async Task<(int Scripts, int Reads)> CountAsync(RedisServer[] servers, Func<Task> call, int gets = 0)
    {
        if (servers.Length == 1)
            await call();       // so that it has the script
        foreach (RedisServer server in servers)
            await server.ExecuteAsync("CONFIG", "RESETSTAT");
        await call();
        var (scripts, reads, singles) = (0, 0, 0);
        foreach (RedisServer server in servers)
        {
            string info = (await server.ExecuteAsync("INFO", "commandstats")).Text!;
            int Calls(string command) => Regex.Match(info, $@"cmdstat_{command}:calls=(\d+)") is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
            scripts += Calls("evalsha") + Calls("eval");
            reads += Calls("hmget");
            singles += Calls("get");
        }

        if (gets > 0)
            Assert.Equal(gets, singles);
        return (scripts, scripts == 1 && reads == 1 ? 0 : reads);
    }
}
