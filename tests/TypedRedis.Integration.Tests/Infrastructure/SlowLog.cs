using System.Globalization;
using System.Text.RegularExpressions;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests;

/// <summary>What keeps a server for longer than 10 ms, by its own log.</summary>
internal static partial class SlowLog
{
    /// <summary>
    /// Runs a call and sees that no command of it took the server 10 ms. The log has the time that passed: on a machine whose processors are taken, any command at times. So, where
    /// it is not empty, the server's processor time says whether it was the commands.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="call">The call.</param>
    /// <param name="commands">How many commands of a kind it has at least.</param>
    public static async Task IsEmptyAfterAsync(this RedisServer server, Func<Task> call, int commands = 1)
    {
        await server.ExecuteAsync("CONFIG", "SET", "slowlog-log-slower-than", "10000");
        await server.ExecuteAsync("SLOWLOG", "RESET");
        double before = await ProcessorMillisecondsAsync(server);
        await call();
        double used = await ProcessorMillisecondsAsync(server) - before;
        string[] slow = [.. (await server.ExecuteAsync("SLOWLOG", "GET", "10")).Items.Select(entry => $"{entry.Items[2].Integer} µs: {string.Join(' ', entry.Items[3].Items.Take(4).Select(item => item.Text))}")];
        Assert.True(slow.Length == 0 || used <= 8 * commands, string.Create(CultureInfo.InvariantCulture, $"{used} ms of the processor in {commands} commands, among them:\n{string.Join('\n', slow)}"));
    }

    // Of the main thread, which carries commands out.
    private static async Task<double> ProcessorMillisecondsAsync(RedisServer server)
        => Used().Matches((await server.ExecuteAsync("INFO", "cpu")).Text!).Sum(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)) * 1000;

    [GeneratedRegex(@"used_cpu_(?:sys|user)_main_thread:([\d.]+)")]
    private static partial Regex Used();
}
