namespace TypedRedis;

/// <summary>A store that has work to do besides its calls. <c>AddRedisWorker</c> of TypedRedis.Hosting runs it as a hosted service.</summary>
public interface IBackgroundStore
{
    /// <summary>Works until it is cancelled, and then ends what it has begun. Any number of workers may run, in any number of processes.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
