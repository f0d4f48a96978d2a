using System.Net;
using TypedRedis.Testing;
using TypedRedis.Testing.Processes;
using TypedRedis.Testing.Protocol;

namespace TypedRedis.Integration.Tests.Testing;

/// <summary>A server never outlives the process that started it, and never goes before.</summary>
public sealed class HostDeathTests
{
    [Theory]
    [InlineData("wait")]
    [InlineData("paused")]
    [InlineData("restarted")]
    [InlineData("stopped")]
    public async Task Killing_the_host_ends_the_server_and_removes_its_directory(string mode)
    {
        using var host = await TestHost.StartAsync(mode);
        Assert.Equal(mode != "stopped", Processes.Exists(host.ServerProcessId));
        Assert.True(Directory.Exists(host.Directory));

        await host.KillAsync();

        Assert.True(await Processes.IsGoneAsync(host.ServerProcessId));
        Assert.True(await Processes.IsGoneAsync(host.GuardProcessId));
        await Eventually.TrueAsync(() => !Directory.Exists(host.Directory));
    }

    [Theory]
    [InlineData("wait")]
    [InlineData("crash")]
    public async Task A_host_that_ends_without_dispose_leaves_nothing_behind(string mode)
    {
        using var host = await TestHost.StartAsync(mode);

        await host.ContinueAsync();

        Assert.True(await Processes.IsGoneAsync(host.ServerProcessId));
        await Eventually.TrueAsync(() => !Directory.Exists(host.Directory));
    }

    [Fact]
    public async Task A_server_whose_object_was_collected_lives_on_until_the_host_ends()
    {
        using var host = await TestHost.StartAsync("forgotten");

        using (var connection = await RespConnection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, host.Port), default))
            Assert.Equal("PONG", (await connection.ExecuteAsync(["PING"], default)).Text);

        await host.KillAsync();
        Assert.True(await Processes.IsGoneAsync(host.ServerProcessId));
    }

    [Fact]
    public async Task When_the_guard_is_killed_its_server_goes_too()
    {
        await using var server = await RedisServer.StartAsync();

        PosixSignals.Send(server.GuardProcessId, PosixSignal.Kill);

        Assert.True(await Processes.IsGoneAsync(server.ProcessId));
        await Eventually.TrueAsync(() => !server.IsRunning);
        await server.RestartAsync();
        Assert.Equal("PONG", (await server.ExecuteAsync("PING")).Text);
    }

    [Fact]
    public async Task When_guard_and_host_are_killed_the_server_goes_too()
    {
        using var host = await TestHost.StartAsync("paused");

        // The guard's watcher is still there. A frozen host cannot do the work in its place.
        host.Freeze();
        PosixSignals.Send(host.GuardProcessId, PosixSignal.Kill);
        await host.KillAsync();

        Assert.True(await Processes.IsGoneAsync(host.ServerProcessId));
        if (Directory.Exists(host.Directory))
            Directory.Delete(host.Directory, recursive: true); // Only the guard would have removed it for certain.
    }

    [Theory]
    [InlineData("/bin/sh")]
    [InlineData("/bin/dash")]
    [InlineData("/bin/bash")]
    [InlineData("/bin/zsh")]
    public async Task The_guard_runs_in_every_shell_that_may_be_sh(string shell)
    {
        if (!File.Exists(shell))
            return; // Which of them is there is up to the system; /bin/sh is everywhere.

        var directory = Directory.CreateTempSubdirectory("typedredis-guard-").FullName;
        var log = Path.Combine(directory, "log");
        var first = await GuardedProcess.StartAsync(directory, log, ["/bin/sh", "-c", "echo output; echo error >&2; exit 7"], shell);
        Assert.Equal(7, await first.Exited);
        Assert.Equal(["output", "error"], await File.ReadAllLinesAsync(log));

        var second = await GuardedProcess.StartAsync(directory, log, ["sleep", "600"], shell);
        first.Release();
        Assert.True(second.Signal(PosixSignal.Terminate));
        Assert.Equal(128 + 15, await second.Exited);
        Assert.False(second.Signal(PosixSignal.Terminate));
        Assert.False(await second.SuspendAsync(default));

        var third = await GuardedProcess.StartAsync(directory, log, ["sleep", "600"], shell);
        second.Release();
        Assert.True(await third.SuspendAsync(default));
        Assert.True(Directory.Exists(directory));
        third.Dispose();
        third.Dispose();
        Assert.True(await Processes.IsGoneAsync(third.ProcessId));
        Assert.False(Directory.Exists(directory));
    }
}
