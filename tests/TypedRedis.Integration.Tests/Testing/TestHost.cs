using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using TypedRedis.Testing;
using TypedRedis.Testing.Processes;

namespace TypedRedis.Integration.Tests.Testing;

/// <summary>
/// Another process that starts a server, to see what becomes of the server when that process ends. It runs this very
/// assembly, which a variable tells to be a host instead of a set of tests.
/// </summary>
internal sealed class TestHost : IDisposable
{
    private const string Variable = "TYPEDREDIS_TEST_HOST";

    private readonly Process _process;

    private TestHost(Process process, string[] facts)
    {
        _process = process;
        ServerProcessIds = Numbers(facts[0]);
        GuardProcessIds = Numbers(facts[1]);
        Port = Numbers(facts[2])[0];
        Directories = facts[3].Split(Path.PathSeparator);

        static int[] Numbers(string text) => [.. text.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
    }

    /// <summary>One server, or with the mode <c>cluster</c> all nodes.</summary>
    public int[] ServerProcessIds { get; }

    public int[] GuardProcessIds { get; }

    public string[] Directories { get; }

    public int ServerProcessId => ServerProcessIds[0];

    public int GuardProcessId => GuardProcessIds[0];

    public int Port { get; }

    public string Directory => Directories[0];

    public static async Task<TestHost> StartAsync(string mode = "wait")
    {
        var dotnet = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(dotnet, ["exec", typeof(TestHost).Assembly.Location]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[Variable] = mode;
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync();
        return new TestHost(process, line?.Split(' ', 4) ?? throw new InvalidOperationException("The host ended without a server."));
    }

    /// <summary>SIGKILL: the host gets no chance to do anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGSTOP: the host does nothing any more, but is still there.</summary>
    public void Freeze() => PosixSignals.Send(_process.Id, PosixSignal.Stop);

    /// <summary>Lets the host go on, which ends it.</summary>
    public async Task ContinueAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    // In a thread of its own, which keeps the process alive after Main: until this method returns, no other thread can run code of this assembly.
    [ModuleInitializer]
    internal static void RunWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { } mode)
            new Thread(() => RunAsync(mode).GetAwaiter().GetResult()).Start();
    }

    private static Task RunAsync(string mode) => mode == "cluster" ? RunClusterAsync() : RunServerAsync(mode);

    private static async Task RunClusterAsync()
    {
        var cluster = await RedisCluster.StartAsync();
        Announce([.. cluster.Nodes.Select(node => node.Server)]);
        Console.ReadLine();
        GC.KeepAlive(cluster);
    }

    private static void Announce(params RedisServer[] servers)
        => Console.WriteLine(string.Join(' ',
            string.Join(',', servers.Select(server => server.ProcessId)),
            string.Join(',', servers.Select(server => server.GuardProcessId)),
            string.Join(',', servers.Select(server => server.Port)),
            string.Join(Path.PathSeparator, servers.Select(server => server.WorkingDirectory))));

    private static async Task RunServerAsync(string mode)
    {
        var server = await RedisServer.StartAsync(new() { Persistence = RedisPersistence.AppendOnly });
        if (mode == "paused")
            await server.PauseAsync();
        if (mode == "restarted")
            await server.RestartAsync();
        if (mode == "stopped")
            await server.StopAsync();
        Announce(server);

        if (mode == "forgotten")
            server = null;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Console.ReadLine();
        GC.KeepAlive(server);
        if (mode == "crash")
            throw new InvalidOperationException("The host ends with an unhandled exception, as it is meant to.");
    }
}
