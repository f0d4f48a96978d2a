using System.Collections.Concurrent;
using System.Diagnostics;
using TypedRedis;

namespace CachedCatalog;

/// <summary>Clients that read products, the first far more often than the others: the n-th a bit more than n times as rarely as the first, as it is in many shops.</summary>
internal static class Load
{
    private const int Clients = 8;
    private const double Skew = 1.1;

    private static readonly double[] Cumulative = Zipf();
    private static int s_seed;

    public static async Task<LoadResult> RunAsync(Instance[] instances, string path, int requests)
    {
        Stats before = await StatsAsync(instances);
        var latencies = new ConcurrentBag<double>();
        int next = 0;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            var random = new Random(Interlocked.Increment(ref s_seed));
            while (Interlocked.Increment(ref next) <= requests)
            {
                int place = Array.BinarySearch(Cumulative, random.NextDouble() * Cumulative[^1]);
                Instance instance = instances[random.Next(instances.Length)];
                long start = Stopwatch.GetTimestamp();
                (await instance.Http.GetAsync($"{path}/{(place < 0 ? ~place : place) + 1}")).EnsureSuccessStatusCode().Dispose();
                latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }));
        return new LoadResult([.. latencies.Order()], before, await StatsAsync(instances));
    }

    /// <summary>The sum over instances.</summary>
    public static async Task<Stats> StatsAsync(params Instance[] instances)
    {
        Stats[] all = await Task.WhenAll(instances.Select(instance => instance.StatsAsync()));
        return new Stats(all.Sum(stats => stats.Queries), new CacheStatistics
        {
            LocalHits = all.Sum(stats => stats.Cache.LocalHits),
            RedisHits = all.Sum(stats => stats.Cache.RedisHits),
            Misses = all.Sum(stats => stats.Cache.Misses),
            IsRedisBypassed = all.Any(stats => stats.Cache.IsRedisBypassed),
        });
    }

    private static double[] Zipf()
    {
        var cumulative = new double[Database.Rows];
        double sum = 0;
        for (int i = 0; i < cumulative.Length; i++)
        {
            cumulative[i] = sum += Math.Pow(i + 1, -Skew);
        }

        return cumulative;
    }
}

internal sealed record LoadResult(double[] Latencies, Stats Before, Stats After)
{
    public static string Header => $"  {"",-20}{"requests",10}{"queries",10}{"process",10}{"Redis",8}{"source",8}{"p50",10}{"p99",10}";

    public long Queries => After.Queries - Before.Queries;

    public string Row(string title)
    {
        long local = After.Cache.LocalHits - Before.Cache.LocalHits;
        long redis = After.Cache.RedisHits - Before.Cache.RedisHits;
        return $"  {title,-20}{Latencies.Length,10:N0}{Queries,10:N0}{Share(local),10}{Share(redis),8}{Share(Latencies.Length - local - redis),8}{Percentile(50),7:0.00} ms{Percentile(99),7:0.00} ms";
    }

    private string Share(long count) => $"{100.0 * count / Latencies.Length:0} %";

    private double Percentile(int share) => Latencies[(int)((long)Latencies.Length * share / 100)];
}
