using TypedRedis;

namespace Shop;

internal sealed class Restock : IBackgroundStore
{
    public static TaskCompletionSource Running { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static bool Drained { get; private set; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Running.SetResult();
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Yield();
        Drained = true;
    }
}
