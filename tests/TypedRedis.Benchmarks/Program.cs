using System.Runtime.CompilerServices;
using StackExchange.Redis;
using TypedRedis;
using TypedRedis.Benchmarks;
using TypedRedis.Testing;

await using RedisServer server = await RedisServer.StartAsync();
await using RedisContext redis = await RedisContext.ConnectAsync(server.ConnectionString);
var hand = new HandWritten(redis.Database);
await hand.LoadScriptsAsync();

var plainItems = new PlainItemRepository(redis);
var richItems = new RichItemRepository(redis);
var textItems = new TextItemRepository(redis);
long[] ids = [.. Enumerable.Range(0, 1000)];
PlainItem[] plain = [.. ids.Select(Samples.Plain)];
RichItem[] rich = [.. ids.Select(Samples.Rich)];
TextItem[] text = [.. ids.Select(Samples.Text)];
await plainItems.UpsertManyAsync(plain);
await richItems.UpsertManyAsync(rich);
await textItems.UpsertManyAsync(text);

const double Any = double.PositiveInfinity;
var kept = new List<bool>();
Paired.Header();

Console.WriteLine("against hand-written StackExchange.Redis with the same guarantees");
kept.Add(await Paired.CompareAsync("get one, 12 members", () => plainItems.GetAsync(7), () => hand.GetPlainAsync(7), 1.05, 1.0));
kept.Add(await Paired.CompareAsync("get one, nullable members", () => richItems.GetAsync(7), () => hand.GetRichAsync(7), 1.05, 1.0));
kept.Add(await Paired.CompareAsync("upsert one, 12 members: HSET", () => plainItems.UpsertAsync(plain[7]), () => hand.UpsertPlainAsync(plain[7]), 1.05, 1.0));
kept.Add(await Paired.CompareAsync("upsert one, nullable members and expiry: a script", () => richItems.UpsertAsync(rich[7]), () => hand.UpsertRichAsync(rich[7]), 1.05, 1.0));
kept.Add(await Paired.CompareAsync("get 1,000 (theirs: HGETALL each, all at once)", () => plainItems.GetManyAsync(ids), () => hand.GetManyPlainAsync(ids), 0.9, 0.65));
kept.Add(await Paired.CompareAsync("save 1,000", () => plainItems.UpsertManyAsync(plain), () => hand.SaveManyPlainAsync(plain), 1.0, Any));
kept.Add(await Paired.CompareAsync("save 1,000, nullable members and expiry", () => richItems.UpsertManyAsync(rich), () => hand.SaveManyRichAsync(rich), 1.0, Any));

Console.WriteLine("against code that promises less");
await Paired.CompareAsync("get one (theirs without a timeout)", () => plainItems.GetAsync(7), () => hand.GetPlainWithoutTimeoutAsync(7), Any, Any);
await Paired.CompareAsync("upsert one (theirs without a timeout, created unknown)", () => plainItems.UpsertAsync(plain[7]), () => hand.SetPlainAsync(plain[7]), Any, Any);

Console.WriteLine("[RedisString] against hand-written hashes");
kept.Add(await Paired.CompareAsync("get 1,000 (theirs: HGETALL each, all at once)", () => textItems.GetManyAsync(ids), () => hand.GetManyPlainAsync(ids), 0.4, Any));
await Paired.CompareAsync("save 1,000", () => textItems.UpsertManyAsync(text), () => hand.SaveManyPlainAsync(plain), Any, Any);

Console.WriteLine("[RedisString] (ours) against [RedisHash] (theirs)");
kept.Add(await Paired.CompareAsync("get 1,000", () => textItems.GetManyAsync(ids), () => plainItems.GetManyAsync(ids), 0.4, Any));
kept.Add(await Paired.CompareAsync("save 1,000", () => textItems.UpsertManyAsync(text), () => plainItems.UpsertManyAsync(plain), 0.4, Any));

kept.Add(await AtomicValueRows.CompareAsync(redis));

Console.WriteLine("in process, 1,000 at a time");
kept.Add(await Paired.CompareAsync("format a key (theirs: $\"plain:{id}\")", FormatKeys, FormatStrings, Any, 1.0));
kept.Add(await Paired.CompareAsync("entity to values", WriteEntities, WriteEntries, 1.0, 1.0));
RedisValue[] stored = await redis.Database.HashGetAsync("plain:7", PlainItemHash.Schema.Names);
kept.Add(await Paired.CompareAsync("values to entity", ReadEntities, ReadByHand, 1.0, 1.0));

Console.WriteLine(kept.All(k => k) ? "\nAll ratios keep their limits." : "\nSome ratios are over their limits.");
return;

Task FormatKeys()
{
    for (long i = 0; i < 1000; i++)
    {
        Keep(new PlainItemKey(i).ToRedisKey());
    }

    return Task.CompletedTask;
}

Task FormatStrings()
{
    for (long i = 0; i < 1000; i++)
    {
        Keep((RedisKey)$"plain:{i}");
    }

    return Task.CompletedTask;
}

Task WriteEntities()
{
    var values = new RedisValue[11];
    for (int i = 0; i < 1000; i++)
    {
        PlainItemHash.Write(plain[i], values, new CodecContext(redis, PlainItemHash.Schema, default));
        Keep(HashCommands.Entries(PlainItemHash.Schema, values));
    }

    return Task.CompletedTask;
}

Task WriteEntries()
{
    for (int i = 0; i < 1000; i++)
    {
        Keep(HandWritten.Entries(plain[i]));
    }

    return Task.CompletedTask;
}

Task ReadEntities()
{
    for (int i = 0; i < 1000; i++)
    {
        Keep(PlainItemHash.Read(new PlainItemKey(7), stored, new CodecContext(redis, PlainItemHash.Schema, default)));
    }

    return Task.CompletedTask;
}

Task ReadByHand()
{
    for (int i = 0; i < 1000; i++)
    {
        Keep(HandWritten.ReadPlain(7, stored));
    }

    return Task.CompletedTask;
}

[MethodImpl(MethodImplOptions.NoInlining)]
static void Keep<T>(T value) => GC.KeepAlive(value);
