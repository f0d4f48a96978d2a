using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests;

/// <summary>Another process that works on the same entities. It runs this very assembly, which a variable tells to be a worker instead of a set of tests.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const string Variable = "TYPEDREDIS_TEST_WORKER";

    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    /// <summary>What a worker has done.</summary>
    /// <param name="Increments">How many increments were answered.</param>
    /// <param name="Inserted">How many inserts were answered with true.</param>
    /// <param name="Sum">The sum of the answers to the increments.</param>
    public sealed record Done(int Increments, int Inserted, long Sum);

    /// <summary>How often a worker increments the counter <c>t</c>.</summary>
    public const int Increments = 300;

    /// <summary>How many entities it tries to insert, singly, in batches of hashes and in batches of strings.</summary>
    public const int Inserts = 100;

    /// <summary>Starts a worker and returns when it is connected.</summary>
    public static async Task<WorkerProcess> StartAsync(string configuration, string prefix)
    {
        string dotnet = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(dotnet, ["exec", typeof(WorkerProcess).Assembly.Location]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment[Variable] = $"{configuration} {prefix}";
        var worker = new WorkerProcess(Process.Start(start)!);
        Assert.Equal("ready", await worker._process.StandardOutput.ReadLineAsync());
        return worker;
    }

    /// <summary>Lets the worker do its work.</summary>
    public async Task<Done> RunAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
        string[] numbers = (await _process.StandardOutput.ReadLineAsync())?.Split(' ') ?? throw new InvalidOperationException("The worker ended without an answer.");
        await _process.WaitForExitAsync();
        return new Done(int.Parse(numbers[0], CultureInfo.InvariantCulture), int.Parse(numbers[1], CultureInfo.InvariantCulture), long.Parse(numbers[2], CultureInfo.InvariantCulture));
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
        if (Environment.GetEnvironmentVariable(Variable) is { } orders)
            new Thread(() => WorkAsync(orders.Split(' ')[0], orders.Split(' ')[1]).GetAwaiter().GetResult()).Start();
    }

    private static async Task WorkAsync(string configuration, string prefix)
    {
        using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(configuration);
        var redis = new RedisContext(connection, new() { Prefix = prefix, OperationTimeout = TimeSpan.FromSeconds(60) });
        Console.WriteLine("ready");
        Console.ReadLine();

        var tallies = new TallyRepository(redis);
        var products = new ProductRepository(redis);
        var settings = new SettingRepository(redis);
        long[] sums = await Task.WhenAll(Enumerable.Range(0, Increments).Select(_ => tallies.IncrementTotalAsync("t")));
        bool[] single = await Task.WhenAll(Enumerable.Range(0, Inserts).Select(id => products.InsertAsync(Some.Product(id))));
        bool[] batch = await products.InsertManyAsync(Enumerable.Range(Inserts, Inserts).Select(Some.Product));
        bool[] strings = await settings.InsertManyAsync(Enumerable.Range(0, Inserts).Select(id => Some.Setting($"{id}")));
        int inserted = ((bool[])[.. single, .. batch, .. strings]).Count(true.Equals);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sums.Length} {inserted} {sums.Sum()}"));
    }
}
