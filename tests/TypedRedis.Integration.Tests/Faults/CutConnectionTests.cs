using System.Collections.Concurrent;
using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Faults;

/// <summary>
/// A connection that is cut under load. Where that happens, and above all where one is cut again while it is set up anew, the driver 1.2.6 now and then hands a
/// reply to another call than its own, or to none, also without any TypedRedis above it. So each connection is cut once, and one cut may go wrong.
/// </summary>
[Collection(FaultCollection.Name)]
public sealed class CutConnectionTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Cuts = 6;

    // About one of a hundred. A fault of ours would show in most of them.
    private const int MixedUpByTheDriver = 1;

    [Fact]
    public async Task Calls_fail_as_the_driver_says_and_no_answer_is_wrong()
    {
        await LeavesNothingUnobservedAsync(async () =>
        {
            var wrong = new List<Exception>();
            for (int cut = 0; cut < Cuts; cut++)
            {
                if (await Record.ExceptionAsync(WhileCutAsync) is { } error)
                    wrong.Add(error);
            }

            Assert.True(wrong.Count <= MixedUpByTheDriver, string.Join("\n\n", wrong));
        });
    }

    [Fact]
    public async Task Calls_that_nobody_waits_for_any_more_fail_in_silence()
    {
        await LeavesNothingUnobservedAsync(async () =>
        {
            using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(fixture.Server);
            var impatient = new RedisContext(connection, ServerFixture.Patient with { Prefix = ServerFixture.NewPrefix(), OperationTimeout = TimeSpan.FromMilliseconds(200) });
            await new SettingRepository(impatient).InsertAsync(Some.Setting());
            await fixture.Server.PauseAsync();
            using var source = new CancellationTokenSource();
            Call[] calls =
            [
                .. Call.Of(new DocumentRepository(impatient), Some.Document()),
                .. Call.Of(new ProductRepository(impatient), Some.Product()),
                .. Call.Of(new SettingRepository(impatient), Some.Setting()),
                new("many", TakesAnyType: false, token => new DocumentRepository(impatient).InsertManyAsync(Enumerable.Range(0, 1500).Select(i => Some.Document($"{i}")), cancellationToken: token)),
                new("many", TakesAnyType: false, token => new ProductRepository(impatient).UpsertManyAsync(Enumerable.Range(0, 1500).Select(Some.Product), cancellationToken: token)),
            ];
            var timedOut = Task.WhenAll(calls.Select(call => Record.ExceptionAsync(() => call.RunAsync(default).EndsAsync())));
            var cancelled = Task.WhenAll(calls.Select(call => Record.ExceptionAsync(() => call.RunAsync(source.Token).EndsAsync())));
            await source.CancelAsync();
            Assert.All(await cancelled, error => Assert.IsAssignableFrom<OperationCanceledException>(error));
            Assert.All(await timedOut, error => Assert.IsType<RedisOperationTimeoutException>(error));

            // Only now the calls fail, where they are not carried out; and many a batch has several errors.
            await fixture.Server.KillAsync();
            await fixture.Server.RestartAsync();
            var settings = new SettingRepository(new RedisContext(connection, ServerFixture.Patient with { Prefix = "w" }));
            await Bounded.SucceedsAsync(() => settings.ExistsAsync("x"));
            await settings.Redis.Database.ExecuteAsync("HSET", (RedisKey)"setting:3", "f", "v");
            await settings.Redis.Database.ExecuteAsync("HSET", (RedisKey)"setting:4", "f", "v");
            await settings.Redis.Database.ExecuteAsync("HSET", (RedisKey)"setting:700", "f", "v");
            for (int i = 0; i < 5; i++)
            {
                await Assert.ThrowsAsync<RedisWrongTypeException>(() => settings.DeleteManyAsync(Enumerable.Range(0, 1500).Select(id => $"{id}")));
                await Assert.ThrowsAsync<RedisWrongTypeException>(() => settings.ExistsManyAsync(Enumerable.Range(0, 1500).Select(id => new SettingKey($"{id}"))));
                await Assert.ThrowsAsync<RedisWrongTypeException>(() => settings.UpsertManyAsync(Enumerable.Range(0, 1500).Select(id => Some.Setting($"{id}"))));
            }
        });
    }

    private async Task WhileCutAsync()
    {
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(fixture.Server);
        var redis = new RedisContext(connection, new() { Prefix = ServerFixture.NewPrefix(), OperationTimeout = TimeSpan.FromSeconds(10) });
        var tallies = new TallyRepository(redis);
        await tallies.InsertAsync(Some.Tally());
        int answered = 0;
        int failed = 0;
        int counted = 0;
        int uncertain = 0;
        int cuts = 0;
        connection.ConnectionFailed += (_, _) => Interlocked.Increment(ref cuts);
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

        try
        {
            await AreAnsweredAsync(40);
            await fixture.Server.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal");
            await Bounded.BecomesTrueAsync(() => Task.FromResult(Volatile.Read(ref cuts) > 0));
            await AreAnsweredAsync(40);    // By now some calls have failed, unless none was under way just then.
        }
        finally
        {
            // All of them end before the connection is closed, also where one has failed.
            await done.CancelAsync();
            await Task.WhenAll(loads).EndsAsync();
        }

        Assert.InRange((await tallies.GetAsync("t"))!.Total, counted, counted + uncertain);
        await MixedLoad.CheckAsync(redis, firstWorker: 10);

        Task AreAnsweredAsync(int more)
        {
            int before = Volatile.Read(ref answered);
            return Bounded.BecomesTrueAsync(() => Task.FromResult(Volatile.Read(ref answered) >= before + more || loads.Any(load => load.IsFaulted)));
        }
    }

    /// <summary>Whether a call succeeds. If not, it is by an error of the driver about the connection, or by the timeout where the driver has lost the call.</summary>
    private static async Task<bool> IsAnsweredAsync(Func<Task> call)
    {
        switch (await Record.ExceptionAsync(() => call().EndsAsync()))
        {
            case null:
                return true;
            case { } error when error.IsOutage():
                return false;
            case var error:
                throw new InvalidOperationException($"Not an error of the connection: {error}", error);
        }
    }

    private static async Task LeavesNothingUnobservedAsync(Func<Task> work)
    {
        Collect();    // What other tests left is not meant.
        var unobserved = new ConcurrentQueue<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs e) => unobserved.Enqueue(e.Exception);
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await work();
            Collect();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.Empty(unobserved);
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
