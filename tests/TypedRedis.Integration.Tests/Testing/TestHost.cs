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
        ServerProcessId = int.Parse(facts[0], CultureInfo.InvariantCulture);
        GuardProcessId = int.Parse(facts[1], CultureInfo.InvariantCulture);
        Port = int.Parse(facts[2], CultureInfo.InvariantCulture);
        Directory = facts[3];
    }

    public int ServerProcessId { get; }

    public int GuardProcessId { get; }

    public int Port { get; }

    public string Directory { get; }

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

    private static async Task RunAsync(string mode)
    {
        var server = await RedisServer.StartAsync(new() { Persistence = RedisPersistence.AppendOnly });
        if (mode == "paused")
            await server.PauseAsync();
        if (mode == "restarted")
            await server.RestartAsync();
        if (mode == "stopped")
            await server.StopAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{server.ProcessId} {server.GuardProcessId} {server.Port} {server.WorkingDirectory}"));

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
