namespace TypedRedis.Integration.Tests.Testing;

/// <summary>Waits for what another process is about to do.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task<bool> IsAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
        {
            if (limit.IsCancellationRequested)
                return false;
            await Task.Delay(5);
        }

        return true;
    }

    public static async Task TrueAsync(Func<bool> condition) => Assert.True(await IsAsync(condition));
}
