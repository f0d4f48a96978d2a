using System.Globalization;
using System.Text.RegularExpressions;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests;

/// <summary>What keeps a server for longer than 10 ms, by its own log.</summary>
internal static partial class SlowLog
{
    /// <summary>
    /// Runs a call and sees that no command of it took the server 10 ms. The log has the time that passed: on a machine whose processors are taken, any command at times. So, where
    /// it is not empty, the server's processor time says whether it was the commands; and a call that can be made again is, as one that is slow is so every time.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="call">The call.</param>
    /// <param name="commands">How many commands of a kind it has at least.</param>
    /// <param name="attempts">How often it can be made.</param>
    /// <param name="prepare">What goes before each.</param>
    public static async Task IsEmptyAfterAsync(this RedisServer server, Func<Task> call, int commands = 1, int attempts = 1, Func<Task>? prepare = null)
    {
        await server.ExecuteAsync("CONFIG", "SET", "slowlog-log-slower-than", "10000", "slowlog-max-len", "1000");
        for (int attempt = 1; ; attempt++)
        {
            await (prepare?.Invoke() ?? Task.CompletedTask);
            await server.ExecuteAsync("SLOWLOG", "RESET");
            double before = await ProcessorMillisecondsAsync(server);
            await call();
            double used = await ProcessorMillisecondsAsync(server) - before;
            string[] slow = [.. (await server.ExecuteAsync("SLOWLOG", "GET", "1000")).Items.Select(entry => $"{entry.Items[2].Integer} µs: {string.Join(' ', entry.Items[3].Items.Take(4).Select(item => item.Text))}")];
            if (slow.Length <= commands / 100 || used <= 8 * commands)
                return;

            Assert.True(attempt < attempts, string.Create(CultureInfo.InvariantCulture, $"{used} ms of the processor in {commands} commands, among them:\n{string.Join('\n', slow.Take(10))}"));
        }
    }

    // Of the main thread, which carries commands out.
    private static async Task<double> ProcessorMillisecondsAsync(RedisServer server)
        => Used().Matches((await server.ExecuteAsync("INFO", "cpu")).Text!).Sum(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)) * 1000;

    [GeneratedRegex(@"used_cpu_(?:sys|user)_main_thread:([\d.]+)")]
    private static partial Regex Used();
}
