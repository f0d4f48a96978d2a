using System.Text;
using TypedRedis.Testing;
using TypedRedis.Testing.Protocol;

namespace TypedRedis.Integration.Tests.Testing;

/// <summary>What can be seen of a cluster in which nothing fails.</summary>
public sealed class RedisClusterTests(RedisClusterFixture fixture) : IClassFixture<RedisClusterFixture>
{
    private readonly RedisCluster _cluster = fixture.Cluster;

    [Fact]
    public async Task Every_node_serves_and_knows_all_others()
    {
        Assert.Equal(6, _cluster.Nodes.Count);
        Assert.Equal(6, _cluster.Nodes.Select(node => node.Id).Distinct().Count());
        Assert.Equal(string.Join(',', _cluster.Nodes.Select(node => $"127.0.0.1:{node.Port}")), _cluster.ConnectionString);
        var roles = await Task.WhenAll(_cluster.Nodes.Select(node => node.GetRoleAsync()));
        Assert.Equal(3, roles.Count(role => role == RedisClusterRole.Primary));

        foreach (var node in _cluster.Nodes)
        {
            Assert.True(node.IsRunning);
            Assert.Equal($"127.0.0.1:{node.Port}", $"{node}");
            Assert.Equal(node.Id, (await node.ExecuteAsync("CLUSTER", "MYID")).Text);
            var info = (await node.ExecuteAsync("CLUSTER", "INFO")).Text;
            Assert.Contains("cluster_state:ok", info);
            Assert.Contains("cluster_slots_ok:16384", info);
            Assert.Contains("cluster_known_nodes:6", info);
            Assert.Contains("cluster_size:3", info);
            Assert.Equal("127.0.0.1", (await node.ExecuteAsync("CONFIG", "GET", "bind")).Items[1].Text);
        }
    }

    [Fact]
    public async Task Every_slot_has_one_primary_and_each_primary_about_a_third()
    {
        foreach (var node in _cluster.Nodes)
        {
            var covered = new List<long>();
            foreach (var range in (await node.ExecuteAsync("CLUSTER", "SLOTS")).Items)
            {
                var (first, last, port) = (range.Items[0].Integer, range.Items[1].Integer, range.Items[2].Items[1].Integer);
                Assert.Equal(port, (await _cluster.PrimaryOfAsync((int)first)).Port);
                Assert.Equal(port, (await _cluster.PrimaryOfAsync((int)last)).Port);
                covered.AddRange(Enumerable.Range((int)first, (int)(last - first + 1)).Select(slot => (long)slot));
            }

            Assert.Equal(Enumerable.Range(0, RedisCluster.SlotCount).Select(slot => (long)slot), covered.Order());
        }

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _cluster.PrimaryOfAsync(-1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _cluster.PrimaryOfAsync(16384));
    }

    [Fact]
    public async Task Replicas_have_what_their_primary_has()
    {
        var primary = await _cluster.PrimaryOfAsync("replicated");
        var replica = Assert.Single(await _cluster.ReplicasOfAsync(primary));
        Assert.Equal(RedisClusterRole.Replica, await replica.GetRoleAsync());
        Assert.Empty(await _cluster.ReplicasOfAsync(replica));

        await primary.ExecuteAsync("SET", "replicated", "yes");
        await Bounded.BecomesTrueAsync(async () => (await replica.ExecuteAsync("KEYS", "replicated")).Items.Count == 1);
    }

    [Fact]
    public async Task Slots_of_keys_are_those_of_the_server()
    {
        var random = new Random(3);
        string[] known = ["", "a", "{}", "{}x", "{", "}", "}{", "}{a}", "{a", "a}", "{a}b", "x{a}y{b}", "{{a}}", "{{}}", "{}{a}", "a{}{b}", "{ä}", "ключ", "user:{42}:cart", "\r\n\0"];
        var keys = known.Concat(Enumerable.Range(0, 500).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => "ab{}:é€"[random.Next(7)]))));

        using var connection = await RespConnection.ConnectAsync(_cluster.Nodes[0].EndPoint, default);
        foreach (var key in keys)
        {
            var slot = (await connection.ExecuteAsync(["CLUSTER", "KEYSLOT", key], default)).Integer;
            Assert.True(slot == RedisCluster.HashSlot(key), $"'{key}' is in slot {slot}, not {RedisCluster.HashSlot(key)}.");
            Assert.Equal(slot, RedisCluster.HashSlot(Encoding.UTF8.GetBytes(key)));
        }

        Assert.Equal(12739, RedisCluster.HashSlot("123456789")); // 0x31C3, the check value of CRC16/XMODEM.
        Assert.Equal(RedisCluster.HashSlot("42"), RedisCluster.HashSlot("user:{42}:cart"));
    }

    [Fact]
    public async Task A_node_sends_on_who_asks_for_a_key_of_another()
    {
        var primary = await _cluster.PrimaryOfAsync("elsewhere");
        var other = await OtherPrimaryAsync(primary);

        var error = await Assert.ThrowsAsync<RedisReplyException>(() => other.ExecuteAsync("GET", "elsewhere"));

        Assert.Equal($"MOVED {RedisCluster.HashSlot("elsewhere")} {primary}", error.Message);
    }

    [Fact]
    public async Task A_slot_moves_with_all_its_keys()
    {
        const string Tag = "{moves}";
        var slot = RedisCluster.HashSlot(Tag);
        var source = await _cluster.PrimaryOfAsync(slot);
        var target = await OtherPrimaryAsync(source);
        var large = new string('x', 8_000_000);
        await source.ExecuteAsync("SET", Tag + "large", large);
        await source.ExecuteAsync([.. (string[])["RPUSH", Tag + "list"], .. Enumerable.Range(0, 20_000).Select(i => $"item {i}")]);
        await source.ExecuteAsync("SET", Tag + "expires", "later", "PX", "600000");
        foreach (var i in Enumerable.Range(0, 100))
            await source.ExecuteAsync("SET", $"{Tag}{i}", $"value {i}");
        using (var connection = await RespConnection.ConnectAsync(source.EndPoint, default))
            Assert.Equal("OK", (await connection.ExecuteAsync([.. Words("SET"), (byte[])[.. "{moves}"u8, 0xFF, 0x00, 0xFE], .. Words("binary")], default)).Text);

        await _cluster.MigrateSlotAsync(slot, target);

        Assert.Same(target, await _cluster.PrimaryOfAsync(Tag));
        Assert.Equal(104, (await target.ExecuteAsync("CLUSTER", "COUNTKEYSINSLOT", $"{slot}")).Integer);
        Assert.Equal(0, (await source.ExecuteAsync("CLUSTER", "COUNTKEYSINSLOT", $"{slot}")).Integer);
        Assert.Equal(large, (await target.ExecuteAsync("GET", Tag + "large")).Text);
        Assert.Equal(20_000, (await target.ExecuteAsync("LLEN", Tag + "list")).Integer);
        Assert.InRange((await target.ExecuteAsync("PTTL", Tag + "expires")).Integer, 1, 600_000);
        Assert.Equal("value 99", (await target.ExecuteAsync("GET", Tag + "99")).Text);
        foreach (var node in _cluster.Nodes.Where(node => node != target))
            Assert.StartsWith($"MOVED {slot} {target}", (await Assert.ThrowsAsync<RedisReplyException>(() => node.ExecuteAsync("GET", Tag + "1"))).Message);

        await _cluster.MigrateSlotAsync(slot, source); // And back: the next test sees no difference.
        Assert.Equal("value 99", (await source.ExecuteAsync("GET", Tag + "99")).Text);
        await _cluster.WaitUntilReadyAsync();

        static IEnumerable<ReadOnlyMemory<byte>> Words(params string[] words) => words.Select(word => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(word));
    }

    [Fact]
    public async Task Half_way_both_nodes_answer_for_the_slot()
    {
        const string Tag = "{half}";
        var slot = RedisCluster.HashSlot(Tag);
        var source = await _cluster.PrimaryOfAsync(slot);
        var target = await OtherPrimaryAsync(source);
        foreach (var i in Enumerable.Range(0, 30))
            await source.ExecuteAsync("SET", $"{Tag}{i}", $"{i}");

        var migration = await _cluster.BeginMigrateSlotAsync(slot, target);
        Assert.Equal((slot, source, target), (migration.Slot, migration.Source, migration.Target));
        Assert.Equal(13, await migration.MoveKeysAsync(13));

        var (here, there) = (0, 0);
        foreach (var i in Enumerable.Range(0, 30))
        {
            try
            {
                Assert.Equal($"{i}", (await source.ExecuteAsync("GET", $"{Tag}{i}")).Text);
                here++;
            }
            catch (RedisReplyException e)
            {
                Assert.Equal($"ASK {slot} {target}", e.Message);
                Assert.Equal($"{i}", (await AskingAsync(target, "GET", $"{Tag}{i}")).Text);
                there++;
            }
        }

        Assert.Equal((17, 13), (here, there));
        Assert.StartsWith("MOVED", (await Assert.ThrowsAsync<RedisReplyException>(() => target.ExecuteAsync("GET", $"{Tag}0"))).Message); // Not for who does not say ASKING.
        Assert.Same(source, await _cluster.PrimaryOfAsync(slot));
        await AskingAsync(target, "SET", $"{Tag}new", "made there");

        await migration.CompleteAsync();

        Assert.Same(target, await _cluster.PrimaryOfAsync(slot));
        Assert.Equal(31, (await target.ExecuteAsync("CLUSTER", "COUNTKEYSINSLOT", $"{slot}")).Integer);
        await Assert.ThrowsAsync<InvalidOperationException>(() => migration.MoveKeysAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => migration.CancelAsync());
    }

    [Fact]
    public async Task A_cancelled_migration_leaves_the_slot_and_brings_the_keys_back()
    {
        const string Tag = "{cancelled}";
        var slot = RedisCluster.HashSlot(Tag);
        var source = await _cluster.PrimaryOfAsync(slot);
        var target = await OtherPrimaryAsync(source);
        foreach (var i in Enumerable.Range(0, 20))
            await source.ExecuteAsync("SET", $"{Tag}{i}", $"{i}");
        var migration = await _cluster.BeginMigrateSlotAsync(slot, target);
        Assert.Equal(20, await migration.MoveKeysAsync());
        Assert.Equal(0, await migration.MoveKeysAsync());
        await AskingAsync(target, "SET", $"{Tag}new", "made there");

        await migration.CancelAsync();

        Assert.Same(source, await _cluster.PrimaryOfAsync(slot));
        Assert.Equal("made there", (await source.ExecuteAsync("GET", $"{Tag}new")).Text);
        Assert.Equal(21, (await source.ExecuteAsync("CLUSTER", "COUNTKEYSINSLOT", $"{slot}")).Integer);
        Assert.Equal(0, (await target.ExecuteAsync("CLUSTER", "COUNTKEYSINSLOT", $"{slot}")).Integer);
        await _cluster.MigrateSlotAsync(slot, target); // Nothing is left of the first one.
        Assert.Equal(21, (await target.ExecuteAsync("CLUSTER", "COUNTKEYSINSLOT", $"{slot}")).Integer);
    }

    [Fact]
    public async Task What_a_node_refuses_names_it_and_has_its_words()
    {
        var primary = await _cluster.PrimaryOfAsync(5);
        var replica = (await _cluster.ReplicasOfAsync(primary))[0];

        var error = await Assert.ThrowsAsync<RedisClusterException>(() => _cluster.MigrateSlotAsync(5, replica));
        Assert.Same(replica, error.Node);
        Assert.StartsWith($"{replica} refused CLUSTER SETSLOT 5 IMPORTING: ERR ", error.Message);

        error = await Assert.ThrowsAsync<RedisClusterException>(() => _cluster.FailoverAsync(primary));
        Assert.StartsWith($"{primary} refused CLUSTER FAILOVER: ERR ", error.Message);

        await Assert.ThrowsAsync<ArgumentException>(() => _cluster.MigrateSlotAsync(5, primary));
        Assert.Equal(RedisClusterRole.Primary, await primary.GetRoleAsync());
    }

    [Fact]
    public async Task A_planned_failover_swaps_the_roles_and_keeps_the_keys()
    {
        var primary = await _cluster.PrimaryOfAsync("kept");
        var replica = (await _cluster.ReplicasOfAsync(primary))[0];
        await primary.ExecuteAsync("SET", "kept", "yes");

        await _cluster.FailoverAsync(replica);

        Assert.Same(replica, await _cluster.PrimaryOfAsync("kept"));
        Assert.Same(primary, Assert.Single(await _cluster.ReplicasOfAsync(replica)));
        Assert.Equal(RedisClusterRole.Primary, await replica.GetRoleAsync());
        Assert.Equal(RedisClusterRole.Replica, await primary.GetRoleAsync());
        Assert.Equal("yes", (await replica.ExecuteAsync("GET", "kept")).Text);
        foreach (var node in _cluster.Nodes.Where(node => node != replica))
            Assert.Equal($"MOVED {RedisCluster.HashSlot("kept")} {replica}", (await Assert.ThrowsAsync<RedisReplyException>(() => node.ExecuteAsync("GET", "kept"))).Message);
        await _cluster.WaitUntilReadyAsync();
    }

    [Fact]
    public async Task Flushing_empties_every_node()
    {
        foreach (var key in Enumerable.Range(0, 30).Select(i => $"flushed {i}"))
            await (await _cluster.PrimaryOfAsync(key)).ExecuteAsync("SET", key, "v");

        await _cluster.FlushAllAsync();

        foreach (var node in _cluster.Nodes)
            await Bounded.BecomesTrueAsync(async () => (await node.ExecuteAsync("DBSIZE")).Integer == 0);
    }

    private static async Task<RedisReply> AskingAsync(RedisClusterNode node, params string[] command)
    {
        using var connection = await RespConnection.ConnectAsync(node.EndPoint, default);
        Assert.Equal("OK", (await connection.ExecuteAsync(["ASKING"], default)).Text);
        var reply = await connection.ExecuteAsync(command, default);
        Assert.NotEqual(RedisReplyKind.Error, reply.Kind);
        return reply;
    }

    private async Task<RedisClusterNode> OtherPrimaryAsync(RedisClusterNode primary)
    {
        foreach (var node in _cluster.Nodes)
        {
            if (node != primary && await node.GetRoleAsync() == RedisClusterRole.Primary)
                return node;
        }

        throw new InvalidOperationException("There is no other primary.");
    }
}
