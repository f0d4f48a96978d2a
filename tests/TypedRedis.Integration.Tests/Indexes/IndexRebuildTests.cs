using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;
using TypedRedis.Integration.Tests.Repositories;

namespace TypedRedis.Integration.Tests.Indexes;

/// <summary>Indexes of entities that were there before them.</summary>
public sealed class IndexRebuildTests(ServerFixture fixture, ClusterFixture cluster) : IClassFixture<ServerFixture>, IClassFixture<ClusterFixture>
{
    private const int Count = 1500;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Entities_from_before_are_found_although_others_write(bool onCluster)
    {
        RedisContext redis = onCluster ? ServerFixture.NewContext(cluster.Connection) : fixture.NewContext();
        var members = new MemberRepository(redis);
        await Task.WhenAll(Enumerable.Range(1, Count).Select(id => redis.Database.HashSetAsync(
            $"member:{id}",
            [
                new("name", "n"), new("email", $"e{id}"), new("country", id % 2 == 0 ? "FR" : "DE"), new("plan", "Free"), new("created_at", "2026-01-02T03:04:05.0000000+00:00"),
                new("tags", "[\"t\"]"), new("logins", id % 3),
            ])));
        Assert.Null(await members.ByEmail.FindAsync("e7"));
        IndexReport before = await members.VerifyIndexesAsync();
        Assert.Equal((0L, (long)Count), (before.Entities, before.Missing));

        using var done = new CancellationTokenSource();
        Task writing = Task.Run(async () =>
        {
            for (int i = 1; !done.IsCancellationRequested; i = i % Count + 1)
            {
                await members.PatchAsync(i, new MemberPatch { Country = "IT" });
                await members.IncrementLoginsAsync(i % 100 + 1);
                await members.UpsertAsync(new() { Id = Count + (i % 10), Name = "new", Email = $"new{i % 10}" });
                await members.DeleteAsync(Count + (i * 7 % 10));
            }
        });
        var progress = new Told();
        IndexReport rebuilt = await members.RebuildIndexesAsync(progress);
        await members.VerifyIndexesAsync(repair: true);
        await done.CancelAsync();
        await writing;
        Assert.InRange(rebuilt.Entities, Count - 1, 3 * Count);
        Assert.Empty(rebuilt.Clashes);
        Assert.True(rebuilt.IsRepaired);
        Assert.True(progress.Reports.Count > 1);
        Assert.Equal(progress.Reports.OrderBy(report => report.Entities).ThenBy(report => report.Entries), progress.Reports);

        IndexReport report = await members.VerifyIndexesAsync();
        Assert.Equal((0L, 0), (report.Missing, report.Clashes.Count));
        Assert.Equal(0, report.Orphaned);
        Assert.Equal(7, (await members.ByEmail.FindAsync("e7"))!.Id);
        var all = await members.ScanAsync().ToListAsync();
        foreach (string country in (string[])["FR", "DE", "IT"])
            Assert.Equal(all.Where(one => one.Country == country).Select(one => one.Id).Distinct().Order(), (await members.ByCountry.ListAsync(country).ToListAsync()).Select(one => one.Id).Order());
    }

    [Fact]
    public async Task A_rebuild_can_be_cancelled_and_begun_anew()
    {
        RedisContext redis = fixture.NewContext();
        var members = new MemberRepository(redis);
        await members.UpsertManyAsync(Enumerable.Range(1, 1200).Select(id => new Member { Id = id, Name = "n", Country = "FR" }));
        await redis.Database.KeyDeleteAsync("member:{}:country:FR");
        using var cancelling = new CancellationTokenSource();
        var progress = new Told(cancelling.Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => members.RebuildIndexesAsync(progress, cancelling.Token));
        Assert.NotEmpty(progress.Reports);
        Assert.Empty((await members.RebuildIndexesAsync()).Clashes);
        Assert.Equal(1200, await members.ByCountry.CountAsync("FR"));
    }

    // IProgress<T> of the framework reports later, in no order.
    private sealed class Told(Action? also = null) : IProgress<IndexProgress>
    {
        public List<IndexProgress> Reports { get; } = [];

        public void Report(IndexProgress value)
        {
            Reports.Add(value);
            also?.Invoke();
        }
    }
}
