using TypedRedis.Hosting;

namespace TypedRedis.Integration.Tests.Hosting;

/// <summary>What is said of replies of INFO that a test cannot bring a server to.</summary>
public sealed class HealthFindingsTests
{
    [Theory]
    [InlineData("", "used_memory:200000000", "mem_fragmentation_ratio:1.49")]
    [InlineData("", "used_memory:20000000", "mem_fragmentation_ratio:9.3")]
    [InlineData("node: mem_fragmentation_ratio is 1.73: the process holds 1.73 times the memory of its data. Set activedefrag yes", "used_memory:200000000", "mem_fragmentation_ratio:1.73")]
    [InlineData("node is loading its data.", "loading:1")]
    [InlineData("node is loading its data.", "loading:0", "async_loading:1")]
    [InlineData("node: rdb_last_bgsave_status is err: the last snapshot could not be written", "rdb_last_bgsave_status:err")]
    [InlineData("", "rdb_last_bgsave_status:ok", "aof_enabled:1", "aof_last_write_status:ok")]
    [InlineData("", "aof_enabled:0", "aof_last_write_status:err")]
    [InlineData("node: aof_last_write_status is err: the append-only file cannot be written", "aof_enabled:1", "aof_last_write_status:err")]
    [InlineData("", "role:slave", "master_link_status:up")]
    [InlineData("node: master_link_status is down: the replica has lost its primary", "role:slave", "master_link_status:down")]
    [InlineData("", "role:master", "connected_slaves:1", "slave0:ip=10.0.0.1,port=6379,state=online,offset=1,lag=0")]
    [InlineData("", "connected_clients:8999", "maxclients:10000")]
    [InlineData("node: 9000 of at most 10000 clients are connected.", "connected_clients:9000", "maxclients:10000")]
    public void Each_warning_has_its_cause(string expected, params string[] info)
    {
        HealthFindings findings = Look(isDurable: false, info);
        Assert.Empty(findings.Failures);
        Assert.Empty(findings.Notes);
        if (expected.Length == 0)
            Assert.Empty(findings.Warnings);
        else
            Assert.StartsWith(expected, Assert.Single(findings.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_replica_that_is_being_synchronized_is_a_note()
        => Assert.Equal(
            ["node: the replica 10.0.0.2:6379 is being brought up to date (send_bulk)."],
            Look(isDurable: false, "role:master", "connected_slaves:2", "slave0:ip=10.0.0.1,port=6379,state=online,offset=1,lag=0", "slave1:ip=10.0.0.2,port=6379,state=send_bulk,offset=0,lag=0").Notes);

    [Fact]
    public void Counters_count_from_the_last_check_and_from_a_restart_of_the_server()
    {
        var history = new HealthHistory();
        Assert.Empty(Look(history, rejected: 7).Warnings);
        Assert.StartsWith("node: 2 connections were rejected", Assert.Single(Look(history, rejected: 9).Warnings), StringComparison.Ordinal);
        Assert.Empty(Look(history, rejected: 9).Warnings);
        Assert.Empty(Look(history, rejected: 1).Warnings);
        Assert.Single(Look(history, rejected: 2).Warnings);
    }

    [Fact]
    public void Durable_work_without_an_append_only_file_is_a_note()
        => Assert.StartsWith("node: there is no append-only file. If the server crashes, work that waits for Outbox is lost", Assert.Single(Look(isDurable: true, "aof_enabled:0").Notes), StringComparison.Ordinal);

    private static HealthFindings Look(bool isDurable, params string[] info)
    {
        var findings = new HealthFindings(new RedisHealthOptions(), new HealthHistory(), isDurable, "Outbox");
        findings.Look("node", new ServerInfo(string.Join("\r\n", ["# Section", .. info, ""])), knownReplicas: 0);
        return findings;
    }

    private static HealthFindings Look(HealthHistory history, int rejected)
    {
        var findings = new HealthFindings(new RedisHealthOptions(), history, isDurable: false, "");
        findings.Look("node", new ServerInfo($"rejected_connections:{rejected}"), knownReplicas: 0);
        return findings;
    }
}
