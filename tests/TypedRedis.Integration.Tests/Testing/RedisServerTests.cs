using System.Net;
using System.Net.Sockets;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Testing;

public sealed class RedisServerTests
{
    [Fact]
    public async Task Answers_as_soon_as_it_is_started()
    {
        await using var server = await RedisServer.StartAsync();

        Assert.True(server.IsRunning);
        Assert.Equal("127.0.0.1", server.Host);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, server.Port), server.EndPoint);
        Assert.Equal($"127.0.0.1:{server.Port}", server.ConnectionString);
        Assert.Equal("PONG", (await server.ExecuteAsync("PING")).Text);
        Assert.Contains($"process_id:{server.ProcessId}\r\n", (await server.ExecuteAsync("INFO", "server")).Text);
        Assert.Contains("Ready to accept connections", server.Log);
    }

    [Fact]
    public async Task Listens_on_loopback_only()
    {
        await using var server = await RedisServer.StartAsync();

        Assert.Equal("127.0.0.1", (await server.ExecuteAsync("CONFIG", "GET", "bind")).Items[1].Text);
    }

    [Fact]
    public async Task Its_directory_is_private_and_gone_after_dispose()
    {
        var server = await RedisServer.StartAsync(new() { Persistence = RedisPersistence.AppendOnly });
        await server.ExecuteAsync("SET", "k", "v");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, UnixMode(server.WorkingDirectory));
        Assert.Equal(server.WorkingDirectory, Path.GetFullPath((await server.ExecuteAsync("CONFIG", "GET", "dir")).Items[1].Text!));

        await server.DisposeAsync();

        Assert.False(Directory.Exists(server.WorkingDirectory));
        Assert.True(await Processes.IsGoneAsync(server.ProcessId));
    }

    [Fact]
    public async Task Dispose_may_be_called_again_and_in_both_ways()
    {
        var server = await RedisServer.StartAsync();

        await server.DisposeAsync();
        await server.DisposeAsync();
        server.Dispose();

        Assert.False(server.IsRunning);
        Assert.Contains("Ready to accept connections", server.Log);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => server.ExecuteAsync("PING"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => server.RestartAsync());
    }

    [Theory]
    [InlineData("running")]
    [InlineData("paused")]
    [InlineData("killed")]
    [InlineData("stopped")]
    public async Task Dispose_ends_it_in_any_state(string state)
    {
        var server = await RedisServer.StartAsync();
        await (state switch
        {
            "paused" => server.PauseAsync(),
            "killed" => server.KillAsync(),
            "stopped" => server.StopAsync(),
            _ => Task.CompletedTask,
        });

        server.Dispose();

        Assert.False(server.IsRunning);
        Assert.False(Directory.Exists(server.WorkingDirectory));
        Assert.True(await Processes.IsGoneAsync(server.ProcessId));
    }

    [Fact]
    public async Task Dispose_ends_a_call_that_waits_for_the_server()
    {
        await using var server = await RedisServer.StartAsync(new() { Configuration = { ["lua-time-limit"] = "10" } });
        var endless = server.ExecuteAsync("EVAL", "while true do end", "0");
        while ((await Record.ExceptionAsync(() => server.ExecuteAsync("PING")))?.Message.StartsWith("BUSY", StringComparison.Ordinal) != true)
            await Task.Delay(5);

        var stop = server.StopAsync(); // Not before the script has ended.
        await Eventually.TrueAsync(() => server.Log.Contains("Received SIGTERM", StringComparison.Ordinal));
        Assert.False(stop.IsCompleted);
        await server.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => stop);
        await Assert.ThrowsAnyAsync<Exception>(() => endless);
        Assert.False(server.IsRunning);
    }

    [Fact]
    public async Task Eight_start_side_by_side()
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RedisServer.StartAsync()));
        try
        {
            Assert.Equal(8, servers.Select(server => server.Port).Distinct().Count());
            Assert.Equal(8, servers.Select(server => server.WorkingDirectory).Distinct().Count());

            await Task.WhenAll(servers.Select(server => server.ExecuteAsync("SET", "port", $"{server.Port}")));
            foreach (var server in servers)
                Assert.Equal(server.Port, (await server.ExecuteAsync("GET", "port")).Integer);
        }
        finally
        {
            await Task.WhenAll(servers.Select(server => server.DisposeAsync().AsTask()));
        }

        Assert.All(servers, server => Assert.False(Directory.Exists(server.WorkingDirectory)));
    }

    [Fact]
    public async Task Takes_another_port_when_the_first_is_taken_by_a_listener()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var taken = ((IPEndPoint)listener.LocalEndpoint).Port;
        var free = await FreePortAsync();
        var ports = new Queue<int>([taken, free]);

        await using var server = await RedisServer.StartOnAsync(ports.Dequeue, new(), default);

        Assert.Equal(free, server.Port);
        Assert.Equal("PONG", (await server.ExecuteAsync("PING")).Text);
    }

    [Fact]
    public async Task Does_not_take_another_server_for_its_own()
    {
        await using var other = await RedisServer.StartAsync();
        var ports = new Queue<int>([other.Port, await FreePortAsync()]);

        await using var server = await RedisServer.StartOnAsync(ports.Dequeue, new(), default);

        Assert.NotEqual(other.Port, server.Port);
        Assert.NotEqual(other.ProcessId, server.ProcessId);
    }

    [Fact]
    public async Task A_cancelled_start_leaves_nothing_behind()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RedisServer.StartAsync(cancellationToken: cancelled.Token));

        using var later = new CancellationTokenSource();
        var port = await FreePortAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RedisServer.StartOnAsync(
            () =>
            {
                later.CancelAfter(TimeSpan.FromMilliseconds(50));
                return port;
            },
            new() { Configuration = { { "rename-command", "PING", "" } } }, // It waits for PONG in vain.
            later.Token));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(() => socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port)));
    }

    [Fact]
    public async Task Executes_and_flushes()
    {
        await using var server = await RedisServer.StartAsync();

        Assert.Equal("OK", (await server.ExecuteAsync("SET", "key with spaces", "välue\r\n\"quoted\"")).Text);
        var text = await server.ExecuteAsync("GET", "key with spaces");
        Assert.Equal(RedisReplyKind.String, text.Kind);
        Assert.Equal("välue\r\n\"quoted\"", text.Text);
        Assert.Equal("""
            "välue\r\n\"quoted\""
            """, text.ToString());
        Assert.Equal("välue"u8.ToArray(), text.Bytes[..6].ToArray());

        var nothing = await server.ExecuteAsync("GET", "nothing");
        Assert.True(nothing.IsNull);
        Assert.Null(nothing.Text);

        Assert.Equal(7, (await server.ExecuteAsync("INCRBY", "n", "7")).Integer);
        Assert.Equal(7, (await server.ExecuteAsync("GET", "n")).Integer);
        Assert.Throws<InvalidOperationException>(() => text.Integer);

        var nested = await server.ExecuteAsync("EVAL", "return {1, {'two', false}, redis.error_reply('MY error'), {}}", "0");
        Assert.Equal(RedisReplyKind.Array, nested.Kind);
        Assert.Equal("two", nested.Items[1].Items[0].Text);
        Assert.True(nested.Items[1].Items[1].IsNull);
        Assert.Equal(RedisReplyKind.Error, nested.Items[2].Kind);
        Assert.Equal("""
             1) (integer) 1
             2)  1) "two"
                 2) (nil)
             3) (error) MY error
             4) (empty array)
            """.ReplaceLineEndings("\n"), nested.ToString());

        await server.FlushAllAsync();
        Assert.Equal(0, (await server.ExecuteAsync("DBSIZE")).Integer);
    }

    [Fact]
    public async Task Reads_replies_larger_than_any_buffer()
    {
        await using var server = await RedisServer.StartAsync();
        var large = string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i},"));

        await server.ExecuteAsync("SET", "large", large);
        await server.ExecuteAsync([.. (string[])["RPUSH", "list"], .. Enumerable.Range(0, 20_000).Select(i => $"item {i}")]);

        Assert.Equal(large, (await server.ExecuteAsync("GET", "large")).Text);
        var items = (await server.ExecuteAsync("LRANGE", "list", "0", "-1")).Items;
        Assert.Equal(20_000, items.Count);
        Assert.Equal("item 19999", items[^1].Text);
    }

    [Fact]
    public async Task A_refused_command_throws_what_the_server_said()
    {
        await using var server = await RedisServer.StartAsync();
        await server.ExecuteAsync("SET", "text", "x");

        var error = await Assert.ThrowsAsync<RedisReplyException>(() => server.ExecuteAsync("LPUSH", "text", "x"));

        Assert.StartsWith("WRONGTYPE ", error.Message);
        await Assert.ThrowsAsync<ArgumentException>(() => server.ExecuteAsync());
    }

    [Fact]
    public async Task Commands_run_side_by_side()
    {
        await using var server = await RedisServer.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => server.ExecuteAsync("INCR", "n")));

        Assert.Equal(200, (await server.ExecuteAsync("GET", "n")).Integer);
    }

    private static UnixFileMode UnixMode(string directory)
        => OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException() : File.GetUnixFileMode(directory);

    private static async Task<int> FreePortAsync()
    {
        await using var server = await RedisServer.StartAsync();
        return server.Port;
    }
}
