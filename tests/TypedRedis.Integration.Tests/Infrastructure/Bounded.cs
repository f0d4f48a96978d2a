namespace TypedRedis.Integration.Tests;

/// <summary>Ends a test that would hang. The limit says "ends at all" even on a busy machine; nothing is measured by it.</summary>
internal static class Bounded
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task EndsAsync(this Task task) => task.WaitAsync(Limit);

    public static Task<T> EndsAsync<T>(this Task<T> task) => task.WaitAsync(Limit);

    /// <summary>Asks until the answer is yes.</summary>
    public static async Task BecomesTrueAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await condition().WaitAsync(limit.Token))
            await Task.Delay(10, limit.Token);
    }

    /// <summary>Calls until the call no longer throws.</summary>
    public static Task SucceedsAsync(Func<Task> call) => BecomesTrueAsync(async () => await Record.ExceptionAsync(call) is null);
}
