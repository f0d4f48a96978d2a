using System.Net.Sockets;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Testing;

public sealed class RedisServerLifecycleTests
{
    [Fact]
    public async Task Restarts_empty_on_the_same_port_and_directory()
    {
        await using var server = await RedisServer.StartAsync();
        var (port, directory, processId) = (server.Port, server.WorkingDirectory, server.ProcessId);
        await server.ExecuteAsync("SET", "k", "v");

        await server.RestartAsync();

        Assert.Equal((port, directory), (server.Port, server.WorkingDirectory));
        Assert.NotEqual(processId, server.ProcessId);
        Assert.True((await server.ExecuteAsync("GET", "k")).IsNull);
        Assert.Equal(2, server.Log.Split("Ready to accept connections").Length - 1);
    }

    [Fact]
    public async Task An_acknowledged_write_survives_a_kill_when_asked()
    {
        await using var server = await RedisServer.StartAsync(new() { Persistence = RedisPersistence.AppendOnly, Configuration = { ["appendfsync"] = "always" } });

        for (var round = 1; round <= 5; round++)
        {
            await server.ExecuteAsync("INCR", "rounds");
            await server.KillAsync();
            Assert.False(server.IsRunning);
            await server.RestartAsync();
            Assert.Equal(round, (await server.ExecuteAsync("GET", "rounds")).Integer);
        }
    }

    [Fact]
    public async Task A_snapshot_is_saved_by_a_graceful_stop_and_not_by_a_kill()
    {
        await using var server = await RedisServer.StartAsync(new() { Persistence = RedisPersistence.Snapshot });
        await server.ExecuteAsync("SET", "k", "saved");
        await server.StopAsync();
        await server.RestartAsync();
        Assert.Equal("saved", (await server.ExecuteAsync("GET", "k")).Text);

        await server.ExecuteAsync("SET", "k", "lost");
        await server.KillAsync();
        await server.RestartAsync();
        Assert.Equal("saved", (await server.ExecuteAsync("GET", "k")).Text);
    }

    [Fact]
    public async Task Nothing_is_written_unless_asked()
    {
        await using var server = await RedisServer.StartAsync();
        await server.ExecuteAsync("SET", "k", "v");
        await server.StopAsync();

        Assert.Equal(["guard.sh", "redis.conf", "server.log"], Directory.GetFileSystemEntries(server.WorkingDirectory).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_is_down_refuses_connections_and_comes_back(bool killed)
    {
        await using var server = await RedisServer.StartAsync();
        await (killed ? server.KillAsync() : server.StopAsync());

        Assert.False(server.IsRunning);
        Assert.True(await Processes.IsGoneAsync(server.ProcessId));
        await Assert.ThrowsAsync<SocketException>(() => server.ExecuteAsync("PING"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.PauseAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.ResumeAsync());
        await server.StopAsync(); // Already so: nothing happens.
        await server.KillAsync();

        await server.RestartAsync();

        Assert.True(server.IsRunning);
        Assert.Equal("PONG", (await server.ExecuteAsync("PING")).Text);
    }

    [Fact]
    public async Task A_paused_server_answers_nothing_until_it_is_resumed()
    {
        await using var server = await RedisServer.StartAsync();
        await server.ExecuteAsync("SET", "k", "v");

        await server.PauseAsync();
        Assert.True(server.IsRunning);
        Assert.True(await Processes.IsStoppedAsync(server.ProcessId));
        var waiting = server.ExecuteAsync("GET", "k");
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => server.ExecuteAsync(["PING"], soon.Token));
        Assert.False(waiting.IsCompleted);

        await server.ResumeAsync();
        Assert.Equal("v", (await waiting).Text);
        await server.ResumeAsync(); // Was not paused: nothing happens.
        Assert.Equal("PONG", (await server.ExecuteAsync("PING")).Text);
    }

    [Fact]
    public async Task A_paused_server_can_be_stopped_killed_and_restarted()
    {
        await using var server = await RedisServer.StartAsync();

        await server.PauseAsync();
        await server.StopAsync();
        Assert.False(server.IsRunning);
        await server.RestartAsync();

        await server.PauseAsync();
        await server.KillAsync();
        Assert.False(server.IsRunning);
        await server.RestartAsync();

        await server.PauseAsync();
        await server.RestartAsync();
        Assert.Equal("PONG", (await server.ExecuteAsync("PING")).Text);
    }

    [Fact]
    public async Task A_crash_that_nobody_asked_for_is_noticed()
    {
        await using var server = await RedisServer.StartAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => server.ExecuteAsync("SHUTDOWN", "NOSAVE"));
        await Eventually.TrueAsync(() => !server.IsRunning);

        await server.RestartAsync();
        Assert.Equal("PONG", (await server.ExecuteAsync("PING")).Text);
    }

    [Fact]
    public async Task Calls_from_several_threads_are_done_one_after_the_other()
    {
        await using var server = await RedisServer.StartAsync(new() { Persistence = RedisPersistence.AppendOnly });
        await server.ExecuteAsync("SET", "k", "v");

        await Task.WhenAll(
            Task.Run(() => server.RestartAsync()),
            Task.Run(() => server.KillAsync()),
            Task.Run(() => server.RestartAsync()),
            Task.Run(() => server.StopAsync()));
        await server.RestartAsync();

        Assert.Equal("v", (await server.ExecuteAsync("GET", "k")).Text);
    }

    [Fact]
    public async Task A_restart_waits_until_the_port_is_free_again()
    {
        await using var server = await RedisServer.StartAsync();
        await server.KillAsync();
        using var listener = new TcpListener(server.EndPoint);
        listener.Start();

        var restart = server.RestartAsync();
        await Eventually.TrueAsync(() => server.Log.Contains("Address already in use", StringComparison.Ordinal));
        Assert.False(restart.IsCompleted);
        listener.Stop();

        await restart;
        Assert.Equal("PONG", (await server.ExecuteAsync("PING")).Text);
    }

    [Fact]
    public async Task A_restart_that_fails_says_why_and_can_be_tried_again()
    {
        await using var server = await RedisServer.StartAsync(new() { Persistence = RedisPersistence.AppendOnly });
        await server.ExecuteAsync("SET", "k", "v");
        var configuration = Path.Combine(server.WorkingDirectory, "redis.conf");
        var good = await File.ReadAllTextAsync(configuration);
        await File.AppendAllTextAsync(configuration, "maxmemory lots\n");

        var error = await Assert.ThrowsAsync<RedisServerStartException>(() => server.RestartAsync());
        Assert.Contains("maxmemory lots", error.Message);
        Assert.DoesNotContain("Ready to accept connections", error.Message); // That was the run before.
        Assert.False(server.IsRunning);

        await File.WriteAllTextAsync(configuration, good);
        await server.RestartAsync();
        Assert.Equal("v", (await server.ExecuteAsync("GET", "k")).Text);
    }
}
