using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests;

/// <summary>What keeps a server for longer than 10 ms, by its own log.</summary>
internal static class SlowLog
{
    private const int Attempts = 5;

    /// <summary>Runs a call that no command of takes the server long, in one of a few attempts: in the others the machine may have taken the server's time.</summary>
    public static async Task IsEmptyAfterAsync(this RedisServer server, Func<Task> call)
    {
        string slow = "";
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            slow = await server.SlowAfterAsync(call);
            if (slow.Length == 0)
                return;
        }

        Assert.Fail($"{Attempts} times slow: {slow}");
    }

    /// <summary>Runs a call of many commands, of which no more than one of a hundred may be slow, for the same reason.</summary>
    public static async Task IsEmptyAfterManyAsync(this RedisServer server, int commands, Func<Task> call)
    {
        string slow = await server.SlowAfterAsync(call);
        Assert.True(slow.Count(c => c == '\n') <= commands / 100, slow);
    }

    private static async Task<string> SlowAfterAsync(this RedisServer server, Func<Task> call)
    {
        await server.ExecuteAsync("CONFIG", "SET", "slowlog-log-slower-than", "10000", "slowlog-max-len", "10000");
        await server.ExecuteAsync("SLOWLOG", "RESET");
        await call();
        return string.Concat((await server.ExecuteAsync("SLOWLOG", "GET", "10000")).Items.Select(entry => $"{entry.Items[2].Integer} µs: {string.Join(' ', entry.Items[3].Items.Take(4).Select(item => item.Text))}\n"));
    }
}
