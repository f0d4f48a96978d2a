using System.Diagnostics;
using Quickstart;
using TypedRedis;
using TypedRedis.Testing;

Console.WriteLine("TypedRedis quickstart: the time zones of the world, in a Redis of their own\n");

await using RedisServer server = await RedisServer.StartAsync();
await using RedisContext redis = await RedisContext.ConnectAsync(server.ConnectionString, new RedisContextOptions { Prefix = "quickstart:" });
var zones = new ZoneRepository(redis);
Console.WriteLine($"A private redis-server runs at {server.ConnectionString}.");

Step("Save many: pipelined, a round trip per 1,000");
Zone[] table = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "zone1970.tab")).Where(line => !line.StartsWith('#')).Select(Zone.Parse)];
long start = Stopwatch.GetTimestamp();
await zones.UpsertManyAsync(table);
Console.WriteLine($"  {table.Length} zones saved in {Milliseconds(start)}");

Step("Read one");
Zone paris = await zones.GetAsync("Europe/Paris") ?? throw new InvalidOperationException("Paris is missing.");
Console.WriteLine($"  {paris.Name}: {paris.Latitude}, {paris.Longitude}, used in {string.Join(' ', paris.Countries)}");
Console.WriteLine($"  Atlantis: {await zones.GetAsync("Atlantis") as object ?? "null, there is no such zone"}");

Step("Read many: one round trip instead of one each");
ZoneKey[] keys = [.. table.Select(zone => new ZoneKey(zone.Name))];
start = Stopwatch.GetTimestamp();
foreach (ZoneKey key in keys)
{
    _ = await zones.GetAsync(key);
}

Console.WriteLine($"  one by one {Milliseconds(start)}");
start = Stopwatch.GetTimestamp();
Zone?[] batch = await zones.GetManyAsync(keys);
Console.WriteLine($"  as a batch {Milliseconds(start)} for {batch.Length} zones, in the order asked for");

Step("Read a part: a projection fetches its fields alone");
ZoneCard? card = await zones.GetAsync<ZoneCard>("Asia/Dubai");
Console.WriteLine($"  {card!.Name}: {string.Join(' ', card.Countries)}");

Step("Find by value: indexes that every write keeps, in the same step");
Console.WriteLine($"  {await zones.ByCountries.CountAsync("CA")} zones of Canada, the first of which is {(await zones.ByCountries.PageAsync("CA", size: 1)).Items[0].Name}");
await foreach (Zone zone in zones.ByLatitude.RangeAsync(from: 70, descending: true))
{
    Console.WriteLine($"  north of 70°: {zone.Name} at {zone.Latitude}");
}

Step("Patch: only what is assigned changes, null removes, and a missing zone stays missing");
await zones.PatchAsync("Europe/Paris", new ZonePatch { Comment = "City of Light" });
Console.WriteLine($"  Paris is now \"{(await zones.GetAsync("Europe/Paris"))!.Comment}\"; patching Atlantis answers {await zones.PatchAsync("Atlantis", new ZonePatch { Comment = "sunk" })}");

Step("Count: atomic on the server, and never undone by a save");
await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => zones.IncrementLookupsAsync("Europe/Paris")));
await zones.UpsertAsync(paris);
Console.WriteLine($"  100 lookups at once, then the old copy saved again: {(await zones.GetAsync("Europe/Paris"))!.Lookups}");

Step("Read, change, write: again where somebody else was faster, so that no change is lost");
await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => zones.UpdateAsync("Europe/Paris", zone => zone with { Comment = zone.Comment + "+" })));
Console.WriteLine($"  20 writers at once: \"{(await zones.GetAsync("Europe/Paris"))!.Comment}\"");

Step("Expire: declared on the model, set in the same step as the data");
Console.WriteLine($"  time to live {(await zones.GetTimeToLiveAsync("Europe/Paris"))!.Value.TotalDays:0.#} days");

Step("Keys are types: they parse back, and no value can forge another key");
Console.WriteLine($"  {new ZoneKey("Europe/Paris")} -> {(ZoneKey.TryParse("zone:Europe/Paris", out ZoneKey parsed) ? parsed.Name : "?")};  {new ZoneKey("a:b*")} is the key of \"a:b*\"");

Step("In Redis it is a plain hash: HGETALL quickstart:zone:Europe/Paris");
foreach (StackExchange.Redis.HashEntry entry in await redis.Database.HashGetAllAsync("zone:Europe/Paris"))
{
    if (!entry.Name.ToString().StartsWith('_'))     // those say in which indexes the zone is
    {
        Console.WriteLine($"  {entry.Name,-10} {entry.Value}");
    }
}

Step("A write that would lose data is refused");
try
{
    await zones.UpsertAsync(paris with { Comment = "half of an emoji: \ud83d" });
}
catch (RedisEncodeException e)
{
    Console.WriteLine($"  {e.Message}");
}

long deleted = await zones.DeleteAllAsync();
Console.WriteLine($"\nDone: {deleted} zones deleted again, and the server stops with the program. The model is samples/Quickstart/Zone.cs, this program is Program.cs beside it.");

static void Step(string title) => Console.WriteLine($"\n{title}");

static string Milliseconds(long start) => $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms";
