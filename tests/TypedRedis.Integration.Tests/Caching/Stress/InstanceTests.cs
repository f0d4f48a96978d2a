using TypedRedis.Integration.Tests.ModelBased;

namespace TypedRedis.Integration.Tests.Caching.Stress;

/// <summary>One process answers as a dictionary would, in any order of operations; and what a reader does to its instance, no other reader sees.</summary>
public sealed class InstanceTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Operations = 800;

    [Fact]
    public Task Redis_alone() => RunAsync<Shared>(changes: true);

    [Fact]
    public Task Each_reader_has_a_copy() => RunAsync<NearCloned>(changes: true);

    [Fact]
    public Task Each_reader_decodes() => RunAsync<Near>(changes: true);

    [Fact]
    public Task All_readers_share() => RunAsync<NearShared>(changes: false);

    /// <summary>Those who share a load must not copy what one of them has in hand already.</summary>
    [Fact]
    public async Task Callers_of_one_load_share_nothing()
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<Near> cache = await bench.NewAsync<Near>();
        await cache.TrustedAsync();
        for (int round = 0; round < 50; round++)
        {
            bench.Source.Put(round);
            var gate = new Gate();
            bench.Source.Hold = gate.All;
            Task[] callers = [.. Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
            {
                Thing thing = i % 4 == 3 ? (await cache.GetManyAsync([round]))[0]! : (await cache.GetAsync(round))!;
                Assert.Empty(thing.Notes);
                for (int j = 0; j < 100; j++)
                    thing.Notes.Add("mine");
                thing.Revision = -1;
                await Task.Yield();
                Assert.Equal((100, -1L), (thing.Notes.Count, thing.Revision));
            }))];
            await gate.ReachedAsync();
            gate.Open();
            await Task.WhenAll(callers).EndsAsync();
        }
    }

    private static string CategoryOf(long id) => id % 2 == 0 ? "a" : "b";

    private async Task RunAsync<TKind>(bool changes)
        where TKind : IThingCacheKind
    {
        await using var bench = new CacheBench(fixture.Server);
        ThingCache<TKind> cache = await bench.NewAsync<TKind>();
        var random = new Random(Seeds.Of(7));
        var cached = new Dictionary<long, Thing?>();
        await cache.TrustedAsync();
        for (int i = 0; i < WatchSize.Of(Operations); i++)
        {
            long id = random.Next(8);
            long[] ids = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => (long)random.Next(8))];
            switch (random.Next(12))
            {
                case 0:
                    bench.Source.Put(id, i, CategoryOf(id));     // nobody is told
                    break;
                case 1:
                    bench.Source.Remove(id);
                    break;
                case 2:
                    await cache.InvalidateAsync(id);
                    cached.Remove(id);
                    break;
                case 3:
                    await cache.InvalidateManyAsync(ids.Select(static one => new ThingKey(one)));
                    foreach (long one in ids)
                        cached.Remove(one);
                    break;
                case 4 when random.Next(3) == 0:
                    await cache.ClearAsync();
                    cached.Clear();
                    break;
                case 5:
                    await cache.InvalidateTagAsync(Things.Tag("a"));
                    foreach (long one in cached.Keys.Where(static one => CategoryOf(one) == "a").ToArray())
                    {
                        // What took the place of one with the tag may go with it.
                        if (cached[one] is null)
                            await cache.InvalidateAsync(one);
                        cached.Remove(one);
                    }

                    break;
                case 6:
                    var thing = new Thing { Id = id, Revision = i, Category = CategoryOf(id), Notes = ["set"] };
                    await (random.Next(2) == 0 ? cache.SetAsync(thing) : cache.SetManyAsync([new Thing { Id = id }, thing]));
                    cached[id] = Things.Copy(thing);
                    Spoil(thing);
                    break;
                case 7:
                    Check(bench.Source.Find(id), await cache.RefreshAsync(id));
                    cached[id] = bench.Source.Find(id);
                    break;
                case 8:
                    Thing?[] got = await cache.GetManyAsync(ids.Select(static one => new ThingKey(one)));
                    Thing?[] expected = [.. ids.Select(Expected)];
                    foreach ((Thing? one, Thing? should) in got.Zip(expected))
                        Check(should, one, spoils: false);
                    Array.ForEach(got, Spoil);
                    break;
                case 9:
                    CacheLookup<Thing> found = await cache.TryGetAsync(id);
                    Assert.Equal(cached.ContainsKey(id), found.IsFound);
                    Check(cached.GetValueOrDefault(id), found.Entity);
                    break;
                default:
                    Check(Expected(id), await cache.GetAsync(id));
                    break;
            }

            // What was stored is there when the caller goes on, or soon.
            await Bounded.BecomesTrueAsync(() => Task.FromResult(cache.Statistics is var s && s.Stores + s.RefusedStores >= bench.Source.Loads));
        }

        Assert.Equal(0, cache.Statistics.UndecodableEntries);

        Thing? Expected(long id)
        {
            if (!cached.TryGetValue(id, out Thing? thing))
                cached[id] = thing = bench.Source.Find(id);
            return thing;
        }

        void Check(Thing? expected, Thing? got, bool spoils = true)
        {
            Assert.Equal((expected?.Id, expected?.Revision, expected?.Category), (got?.Id, got?.Revision, got?.Category));
            Assert.Equal(expected?.Notes ?? [], got?.Notes ?? []);
            if (spoils)
                Spoil(got);
        }

        void Spoil(Thing? thing)
        {
            if (!changes || thing is null)
                return;
            thing.Revision = -1;
            thing.Category = "spoilt";
            thing.Notes.Add("spoilt");
        }
    }
}
