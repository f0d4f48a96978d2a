using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis.Integration.Tests.Caching.Stress;

/// <summary>Another process with a cache. It is told what to do in lines, and answers each in a line, in any order.</summary>
internal sealed class CacheProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<string>> _asked = new();
    private readonly Task _reading;
    private readonly Lock _gate = new();
    private int _asks;

    private CacheProcess(Process process)
    {
        _process = process;
        _reading = Task.Run(ReadAsync);
    }

    /// <param name="kind">The name of an <see cref="IThingCacheKind"/>.</param>
    /// <param name="configuration">Where the cache is.</param>
    /// <param name="database">Where the source is.</param>
    /// <param name="prefix">The prefix of both.</param>
    /// <param name="timeout">The timeout of the cache, in ms.</param>
    public static async Task<CacheProcess> StartAsync(string kind, string configuration, string database, string prefix, int timeout = 60_000)
    {
        Process process = WorkerProcess.Start(string.Create(CultureInfo.InvariantCulture, $"cache {kind} {configuration} {database} {prefix} {timeout}"));
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync());
        return new CacheProcess(process);
    }

    public async Task<string> AskAsync(string what)
    {
        int number = Interlocked.Increment(ref _asks);
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[number] = answer;
        lock (_gate)
        {
            _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{number} {what}"));
            _process.StandardInput.Flush();
        }

        return await answer.Task;
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && int.TryParse(line.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && _asked.TryRemove(number, out TaskCompletionSource<string>? answer))
                answer.SetResult(line[(space + 1)..]);
        }

        foreach (TaskCompletionSource<string> answer in _asked.Values)
            answer.TrySetException(new InvalidOperationException("The process has ended."));
    }

    /// <summary>The other side.</summary>
    public static Task WorkAsync(string[] orders) => orders[1] == nameof(Near) ? WorkAsync<Near>(orders) : orders[1] == nameof(Brief) ? WorkAsync<Brief>(orders) : WorkAsync<Shared>(orders);

    private static async Task WorkAsync<TKind>(string[] orders)
        where TKind : IThingCacheKind
    {
        var (configuration, database, prefix) = (orders[2], orders[3], orders[4]);
        using ConnectionMultiplexer connection = await WorkerProcess.ConnectAsync(configuration);
        using ConnectionMultiplexer source = await WorkerProcess.ConnectAsync(database);
        var redis = new RedisContext(connection, new() { Prefix = prefix, CacheTimeout = TimeSpan.FromMilliseconds(int.Parse(orders[5], CultureInfo.InvariantCulture)) });
        ThreadPool.SetMinThreads(16, 16);
        var plain = new ThingCache<TKind>(redis, new Database(source.GetDatabase(), prefix));
        Console.WriteLine("ready");
        await Task.Yield();     // The driver's own thread must not wait for lines.
        while (Console.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            _ = Task.Run(async () =>
            {
                string answer;
                try
                {
                    long[] numbers = [.. words[2..].Select(static word => long.Parse(word, CultureInfo.InvariantCulture))];
                    answer = words[1] switch
                    {
                        "get" => await CallersAsync(plain, numbers[0], (int)numbers[1]),
                        "many" => $"{(await plain.GetManyAsync(Enumerable.Range((int)numbers[0], (int)numbers[1]).Select(static id => new ThingKey(id)))).Count(static thing => thing is not null)}",
                        "watch" => await WatchAsync<TKind>(redis, source.GetDatabase(), prefix, numbers),
                        _ => "what?",
                    };
                }
                catch (Exception error)
                {
                    answer = error.ToString().ReplaceLineEndings(" | ");
                }

                lock (connection)
                    Console.WriteLine($"{words[0]} {answer}");
            });
        }
    }

    /// <summary>Many callers of one key: how many got an entity, and how many which error.</summary>
    public static async Task<string> CallersAsync<TKind>(ThingCache<TKind> cache, long id, int callers)
        where TKind : IThingCacheKind
    {
        string[] got = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            try
            {
                return await cache.GetAsync(id) is { } thing ? $"revision{thing.Revision}" : "null";
            }
            catch (Exception error)
            {
                return error.GetType().Name;
            }
        })));
        return string.Join(' ', got.GroupBy(static one => one).OrderBy(static group => group.Key, StringComparer.Ordinal).Select(static group => $"{group.Key}*{group.Count()}"));
    }

    private static async Task<string> WatchAsync<TKind>(RedisContext redis, IDatabase source, string prefix, long[] numbers)
        where TKind : IThingCacheKind
    {
        var database = new Database(source, prefix) { IsSlow = true };
        var watch = new StaleWatch<TKind>(new ThingCache<TKind>(redis, database), database, (int)numbers[0], isFaulty: numbers[3] != 0);
        await watch.RunAsync((int)numbers[1], numbers[2] > 0 ? (int)numbers[2] : int.MaxValue, CancellationToken.None);
        return $"reads {watch.Reads}";
    }
}
