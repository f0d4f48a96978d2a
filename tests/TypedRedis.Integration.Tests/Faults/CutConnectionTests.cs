using System.Collections.Concurrent;
using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Faults;

/// <summary>A connection that is cut again and again under load.</summary>
[Collection(FaultCollection.Name)]
public sealed class CutConnectionTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Cuts = 12;

    [Fact]
    public async Task Calls_fail_as_the_driver_says_and_no_answer_is_wrong()
    {
        Collect();
        var unobserved = new ConcurrentQueue<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs e) => unobserved.Enqueue(e.Exception);
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await WhileCutAsync();
            Collect();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.Empty(unobserved);
    }

    private async Task WhileCutAsync()
    {
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(fixture.Server);
        RedisContext redis = ServerFixture.NewContext(connection);
        var tallies = new TallyRepository(redis);
        await tallies.InsertAsync(Some.Tally());
        int answered = 0;
        int failed = 0;
        int counted = 0;
        int uncertain = 0;
        using var done = new CancellationTokenSource();

        var loads = Enumerable.Range(1, 3).Select(worker => Task.Run(async () =>
        {
            var load = new MixedLoad(redis, worker);
            for (int i = 0; !done.IsCancellationRequested; i++)
            {
                if (await IsAnsweredAsync(() => load.StepAsync(i)))
                    Interlocked.Increment(ref answered);
                else
                    Interlocked.Increment(ref failed);
            }
        })).ToList();
        loads.Add(Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                if (await IsAnsweredAsync(() => tallies.IncrementTotalAsync("t")))
                    counted++;
                else
                    uncertain++;
            }
        }));

        for (int cut = 0; cut < Cuts; cut++)
        {
            int before = Volatile.Read(ref answered);
            await Bounded.BecomesTrueAsync(() => Task.FromResult(Volatile.Read(ref answered) >= before + 10 || loads.Any(load => load.IsFaulted)));
            await fixture.Server.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal");
        }

        await done.CancelAsync();
        await Task.WhenAll(loads).EndsAsync();
        Assert.True(failed + uncertain > 0);

        Tally? tally = null;
        await Bounded.SucceedsAsync(async () => tally = await tallies.GetAsync("t"));
        Assert.InRange(tally!.Total, counted, counted + uncertain);
        await MixedLoad.CheckAsync(redis, firstWorker: 10);
    }

    /// <summary>Whether a call succeeds. If not, it is by an error of the driver about the connection, and soon.</summary>
    private static async Task<bool> IsAnsweredAsync(Func<Task> call)
    {
        switch (await Record.ExceptionAsync(() => call().EndsAsync()))
        {
            case null:
                return true;
            case RedisConnectionException:
                return false;
            case var error:
                throw new InvalidOperationException($"Not an error of the connection: {error}", error);
        }
    }

    private static void Collect()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
