using System.Diagnostics;

namespace TypedRedis.Benchmarks;

/// <summary>
/// Compares two ways to do one thing, in short turns: a machine that is faster in one moment than in the next, or that moves a thread to another core, does so to both.
/// BenchmarkDotNet measures one after the other, which on a shared machine compares the minutes rather than the code. One way against itself gives 0.99 to 1.01.
/// </summary>
internal static class Paired
{
    private const int Rounds = 301;
    private const int FewestRounds = 21;
    private static readonly TimeSpan RoundLength = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(10);

    /// <summary>What is in the names of the rows to be run, of which one is enough; empty for all.</summary>
    public static string[] Only { get; set; } = [];

    /// <summary>Runs both and prints the ratios of time and of allocated bytes, ours to theirs, as medians over the rounds.</summary>
    /// <returns>Whether the ratios keep their limits.</returns>
    public static async Task<bool> CompareAsync(string name, Func<Task> ours, Func<Task> theirs, double maxTime, double maxBytes)
    {
        if (Only.Length > 0 && !Array.Exists(Only, one => name.Contains(one, StringComparison.Ordinal)))
        {
            return true;
        }

        int count = Math.Max(await CalibrateAsync(ours), await CalibrateAsync(theirs));
        var times = new List<double>();
        var bytes = new List<double>();
        var oursSamples = new List<Sample>();
        var theirSamples = new List<Sample>();
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < Rounds && (round < FewestRounds || Stopwatch.GetElapsedTime(start) < Enough); round++)
        {
            Sample first = await RunAsync(round % 2 == 0 ? ours : theirs, count);
            Sample second = await RunAsync(round % 2 == 0 ? theirs : ours, count);
            (Sample our, Sample their) = round % 2 == 0 ? (first, second) : (second, first);
            times.Add(our.Microseconds / their.Microseconds);
            bytes.Add(their.Bytes < 0.5 ? (our.Bytes < 0.5 ? 1 : double.PositiveInfinity) : our.Bytes / their.Bytes);
            oursSamples.Add(our);
            theirSamples.Add(their);
        }

        double time = Median(times);
        double memory = Median(bytes);
        bool kept = time <= maxTime && memory <= maxBytes;
        Console.WriteLine(
            $"{name,-58} {Median(oursSamples.Select(s => s.Microseconds)),11:N3} {Median(theirSamples.Select(s => s.Microseconds)),11:N3} {time,7:0.00} {Limit(maxTime),7}"
            + $" {Median(oursSamples.Select(s => s.Bytes)),10:N0} {Median(theirSamples.Select(s => s.Bytes)),10:N0} {memory,7:0.00} {Limit(maxBytes),7}  {(kept ? "" : "over")}");
        return kept;
    }

    public static void Header()
        => Console.WriteLine(
            $"{"",-58} {"ours µs",11} {"theirs µs",11} {"ratio",7} {"limit",7} {"ours B",10} {"theirs B",10} {"ratio",7} {"limit",7}");

    private static string Limit(double limit) => double.IsInfinity(limit) ? "-" : limit.ToString("0.00");

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    // How many calls fill a round, after enough of them for the JIT to have settled.
    private static async Task<int> CalibrateAsync(Func<Task> action)
    {
        long start = Stopwatch.GetTimestamp();
        int count = 0;
        while (Stopwatch.GetElapsedTime(start) < WarmUp)
        {
            await action();
            count++;
        }

        return Math.Max(1, (int)(count * (RoundLength / WarmUp)));
    }

    private static async Task<Sample> RunAsync(Func<Task> action, int count)
    {
        long bytes = GC.GetTotalAllocatedBytes(precise: true);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            await action();
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        return new Sample(elapsed.TotalMicroseconds / count, (GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)count);
    }

    private readonly record struct Sample(double Microseconds, double Bytes);
}
