using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests;

/// <summary>Another process that works on the same entities. It runs this very assembly, which a variable tells to be a worker instead of a set of tests.</summary>
internal sealed class WorkerProcess : IDisposable
{
    internal const string Variable = "TYPEDREDIS_TEST_WORKER";

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
    public static Task<WorkerProcess> StartAsync(string configuration, string prefix) => StartWithAsync($"{configuration} {prefix}");

    /// <summary>
    /// Does some work while, beside it, other processes write entities with indexes until they are killed, each at a moment of its own: between any two steps of a write.
    /// </summary>
    public static async Task WhileKillingAsync(string configuration, string prefix, int firstSeed, Func<Task> work)
    {
        const int Rounds = 4;
        const int Processes = 2;
        var random = new Random(ModelBased.Seeds.Of(firstSeed));
        for (int round = 0; round < Rounds; round++)
        {
            int seed = firstSeed + (10 * round);
            WorkerProcess[] workers = await Task.WhenAll(Enumerable.Range(0, Processes).Select(i => StartWithAsync(string.Create(CultureInfo.InvariantCulture, $"{configuration} {prefix} {ModelBased.Seeds.Of(seed + i)}"))));
            await Task.WhenAll(workers.Select(async worker =>
            {
                int operations = random.Next(50, 250);
                await worker._process.StandardInput.WriteLineAsync();
                await worker._process.StandardInput.FlushAsync();
                for (int i = 0; i < operations; i++)
                    Assert.NotNull(await worker._process.StandardOutput.ReadLineAsync());
                worker.Dispose();
            }).Append(work()));
        }
    }

    /// <summary>Starts a process that carries the pending writes of readings to a <see cref="Caching.SharedSource"/>, of whose calls it lets a share fail, until it is killed.</summary>
    public static async Task<WorkerProcess> StartWriteBehindAsync(string configuration, string prefix, int seed)
    {
        WorkerProcess worker = await StartWithAsync(string.Create(CultureInfo.InvariantCulture, $"{configuration} {prefix} {seed} behind"));
        await worker._process.StandardInput.WriteLineAsync();
        await worker._process.StandardInput.FlushAsync();
        return worker;
    }

    private static async Task<WorkerProcess> StartWithAsync(string orders)
    {
        var worker = new WorkerProcess(Start(orders));
        Assert.Equal("ready", await worker._process.StandardOutput.ReadLineAsync());
        return worker;
    }

    /// <summary>Starts this assembly with orders.</summary>
    internal static Process Start(string orders)
    {
        string dotnet = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(dotnet, ["exec", typeof(WorkerProcess).Assembly.Location]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment[Variable] = orders;
        return Process.Start(start)!;
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
            new Thread(() => (orders.StartsWith("cache ", StringComparison.Ordinal) ? Caching.Stress.CacheProcess.WorkAsync(orders.Split(' ')) : WorkAsync(orders.Split(' '))).GetAwaiter().GetResult()).Start();
    }

    // Several processes that start at once can keep one another from connecting in time.
    internal static async Task<ConnectionMultiplexer> ConnectAsync(string configuration)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return await ServerFixture.ConnectAsync(configuration);
            }
            catch (RedisConnectionException) when (attempt < 5)
            {
            }
        }
    }

    private static async Task WorkAsync(string[] orders)
    {
        var (configuration, prefix) = (orders[0], orders[1]);
        using ConnectionMultiplexer connection = await ConnectAsync(configuration);
        var redis = new RedisContext(connection, new() { Prefix = prefix, OperationTimeout = TimeSpan.FromSeconds(60) });
        Console.WriteLine("ready");
        Console.ReadLine();
        if (orders.Length > 3)
        {
            var source = new Caching.SharedSource(connection.GetDatabase(), prefix, int.Parse(orders[2], CultureInfo.InvariantCulture), Caching.WriteBehindFaultTests.Failures);
            await new Caching.ReadingCache(redis, source).RunAsync(default);
        }

        if (orders.Length > 2)
        {
            // A line for each operation, until it is killed.
            int seed = int.Parse(orders[2], CultureInfo.InvariantCulture);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
            {
                var load = new Indexes.IndexLoad(redis, unchecked(seed + writer));
                while (true)
                {
                    await load.StepAsync();
                    Console.WriteLine();
                }
            })));
        }

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
