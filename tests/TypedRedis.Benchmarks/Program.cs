using System.Runtime.CompilerServices;
using StackExchange.Redis;
using TypedRedis;
using TypedRedis.Benchmarks;
using TypedRedis.Testing;

await using RedisServer server = await RedisServer.StartAsync();
byte[] secretKey = EncryptionKeyRing.NewKey();
await using RedisContext redis = await RedisContext.ConnectAsync(server.ConnectionString, new RedisContextOptions { KeyRing = new EncryptionKeyRing("k1", secretKey) });
var hand = new HandWritten(redis.Database);
await hand.LoadScriptsAsync();

var plainItems = new PlainItemRepository(redis);
var richItems = new RichItemRepository(redis);
var indexedItems = new IndexedItemRepository(redis);
var textItems = new TextItemRepository(redis);
long[] ids = [.. Enumerable.Range(0, 1000)];
PlainItem[] plain = [.. ids.Select(Samples.Plain)];
RichItem[] rich = [.. ids.Select(Samples.Rich)];
TextItem[] text = [.. ids.Select(Samples.Text)];
await plainItems.UpsertManyAsync(plain);
await richItems.UpsertManyAsync(rich);
IndexedItem[] indexed = [.. ids.Select(Samples.Indexed)];
await indexedItems.UpsertManyAsync(indexed);
await textItems.UpsertManyAsync(text);

const double Any = double.PositiveInfinity;
var kept = new List<bool>();
Paired.Header();

// Further words run only the rows whose names have one of them.
Paired.Only = args[Math.Min(1, args.Length)..];
if (args is ["cache", ..])
{
    Environment.ExitCode = await CacheRows.CompareAsync(redis) ? 0 : 1;
    return;
}

if (args is ["ranking", ..])
{
    bool isFast = await LeaderboardRows.CompareAsync(redis);
    isFast &= await TrendRows.CompareAsync(redis);
    isFast &= await UniqueCounterRows.CompareAsync(redis);
    isFast &= await PeriodCounterRows.CompareAsync(redis);
    isFast &= await ActivityBitmapRows.CompareAsync(redis);
    Environment.ExitCode = isFast ? 0 : 1;
    return;
}

Console.WriteLine("against hand-written StackExchange.Redis with the same guarantees");
kept.Add(await Paired.CompareAsync("get one, 12 members", () => plainItems.GetAsync(7), () => hand.GetPlainAsync(7), 1.05, 1.0));
kept.Add(await Paired.CompareAsync("get one, nullable members", () => richItems.GetAsync(7), () => hand.GetRichAsync(7), 1.05, 1.0));
kept.Add(await Paired.CompareAsync("upsert one, 12 members: HSET", () => plainItems.UpsertAsync(plain[7]), () => hand.UpsertPlainAsync(plain[7]), 1.05, 1.0));
kept.Add(await Paired.CompareAsync("upsert one, nullable members and expiry: a script", () => richItems.UpsertAsync(rich[7]), () => hand.UpsertRichAsync(rich[7]), 1.05, 1.0));
kept.Add(await Paired.CompareAsync("get 1,000 (theirs: HGETALL each, all at once)", () => plainItems.GetManyAsync(ids), () => hand.GetManyPlainAsync(ids), 0.9, 0.65));
kept.Add(await Paired.CompareAsync("save 1,000", () => plainItems.UpsertManyAsync(plain), () => hand.SaveManyPlainAsync(plain), 1.0, Any));
kept.Add(await Paired.CompareAsync("save 1,000, nullable members and expiry", () => richItems.UpsertManyAsync(rich), () => hand.SaveManyRichAsync(rich), 1.0, Any));

Console.WriteLine("indexes: one unique, one exact, one sorted");
kept.Add(await Paired.CompareAsync("upsert one, unchanged values (theirs: our script by hand)", () => indexedItems.UpsertAsync(indexed[7]), () => hand.UpsertIndexedWithOurScriptAsync(indexed[7]), 1.1, Any));
int turn = 0;
kept.Add(await Paired.CompareAsync("upsert one, all values change (theirs: our script by hand)", () => indexedItems.UpsertAsync(Samples.Changed(indexed[7], turn++)), () => hand.UpsertIndexedWithOurScriptAsync(Samples.Changed(indexed[7], turn++)), 1.1, Any));
kept.Add(await Paired.CompareAsync("find by unique value (theirs: GET, then HMGET)", () => indexedItems.BySku.FindAsync(indexed[8].Sku), () => hand.FindIndexedAsync(indexed[8].Sku), 1.0, Any));
kept.Add(await Paired.CompareAsync("page of 100", () => indexedItems.ByCreatedAt.PageAsync(100), () => hand.PageIndexedAsync(), 1.1, Any));
await redis.Database.KeyDeleteAsync([.. ids.Select(id => (RedisKey)$"indexed:{id}")]);
await Paired.CompareAsync("upsert one, unchanged values (theirs: a script for this model only)", () => indexedItems.UpsertAsync(indexed[7]), () => hand.UpsertIndexedAsync(indexed[8]), Any, Any);
await Paired.CompareAsync("upsert one, all values change (theirs: a script for this model only)", () => indexedItems.UpsertAsync(Samples.Changed(indexed[7], turn++)), () => hand.UpsertIndexedAsync(Samples.Changed(indexed[8], turn++)), Any, Any);

Console.WriteLine("against code that promises less");
await Paired.CompareAsync("get one (theirs without a timeout)", () => plainItems.GetAsync(7), () => hand.GetPlainWithoutTimeoutAsync(7), Any, Any);
await Paired.CompareAsync("upsert one (theirs without a timeout, created unknown)", () => plainItems.UpsertAsync(plain[7]), () => hand.SetPlainAsync(plain[7]), Any, Any);

Console.WriteLine("[RedisString] against hand-written hashes");
kept.Add(await Paired.CompareAsync("get 1,000 (theirs: HGETALL each, all at once)", () => textItems.GetManyAsync(ids), () => hand.GetManyPlainAsync(ids), 0.4, Any));
kept.Add(await Paired.CompareAsync("save 1,000, whatever stands there: MSET", () => textItems.OverwriteManyAsync(text), () => hand.SaveManyPlainAsync(plain), 0.4, Any));
await Paired.CompareAsync("save 1,000, types and expiries kept: a script", () => textItems.UpsertManyAsync(text), () => hand.SaveManyPlainAsync(plain), Any, Any);

Console.WriteLine("[RedisString] (ours) against [RedisHash] (theirs)");
kept.Add(await Paired.CompareAsync("get 1,000", () => textItems.GetManyAsync(ids), () => plainItems.GetManyAsync(ids), 0.4, Any));
kept.Add(await Paired.CompareAsync("save 1,000, whatever stands there: MSET", () => textItems.OverwriteManyAsync(text), () => plainItems.UpsertManyAsync(plain), 0.4, Any));
await Paired.CompareAsync("save 1,000, types and expiries kept: a script", () => textItems.UpsertManyAsync(text), () => plainItems.UpsertManyAsync(plain), Any, Any);

kept.Add(await AtomicValueRows.CompareAsync(redis));
kept.Add(await LocalLevelRows.CompareAsync());
kept.Add(await CacheRows.CompareAsync(redis));
kept.Add(await LeaderboardRows.CompareAsync(redis));
kept.Add(await TrendRows.CompareAsync(redis));
kept.Add(await UniqueCounterRows.CompareAsync(redis));
kept.Add(await PeriodCounterRows.CompareAsync(redis));
kept.Add(await ActivityBitmapRows.CompareAsync(redis));

Console.WriteLine("in process, 1,000 at a time");
kept.Add(await Paired.CompareAsync("format a key (theirs: $\"plain:{id}\")", FormatKeys, FormatStrings, Any, 1.0));
kept.Add(await Paired.CompareAsync("entity to values", WriteEntities, WriteEntries, 1.0, 1.0));
RedisValue[] stored = await redis.Database.HashGetAsync("plain:7", PlainItemHash.Schema.Names);
kept.Add(await Paired.CompareAsync("values to entity", ReadEntities, ReadByHand, 1.0, 1.0));

Console.WriteLine("a member of 4 KB, in process");
using var secrets = new HandWrittenSecrets(secretKey);
SecretItem secret = new() { Id = 7, Text = Samples.LongText };
PageItem page = new() { Id = 7, Text = Samples.LongText };
FileItem file = new() { Id = 7, Text = Samples.LongText };
byte[] secretBytes = Write<SecretItem, SecretItemKey, SecretItemHash>(secret);
byte[] pageBytes = Write<PageItem, PageItemKey, PageItemHash>(page);
byte[] fileBytes = Write<FileItem, FileItemKey, FileItemHash>(file);
byte[] handSecret = secrets.Encrypt(Samples.LongText, "secret:7", "text");
byte[] handPage = HandWrittenSecrets.Compress(Samples.LongText);
byte[] handFile = secrets.CompressAndEncrypt(Samples.LongText, "file:7", "text");
kept.Add(await Paired.CompareAsync("encrypt", Run(() => Write<SecretItem, SecretItemKey, SecretItemHash>(secret)), Run(() => secrets.Encrypt(Samples.LongText, $"secret:{secret.Id}", "text")), 1.1, 1.05));
kept.Add(await Paired.CompareAsync("decrypt", Run(() => Read<SecretItem, SecretItemKey, SecretItemHash>(new(7), secretBytes)), Run(() => secrets.Decrypt(handSecret, $"secret:{secret.Id}", "text")), 1.1, 1.05));
kept.Add(await Paired.CompareAsync("compress with Brotli", Run(() => Write<PageItem, PageItemKey, PageItemHash>(page)), Run(() => HandWrittenSecrets.Compress(Samples.LongText)), 1.1, 1.05));
kept.Add(await Paired.CompareAsync("decompress", Run(() => Read<PageItem, PageItemKey, PageItemHash>(new(7), pageBytes)), Run(() => HandWrittenSecrets.Decompress(handPage)), 1.2, 1.05));
kept.Add(await Paired.CompareAsync("compress and encrypt", Run(() => Write<FileItem, FileItemKey, FileItemHash>(file)), Run(() => secrets.CompressAndEncrypt(Samples.LongText, $"file:{file.Id}", "text")), 1.1, 1.05));
kept.Add(await Paired.CompareAsync("decrypt and decompress", Run(() => Read<FileItem, FileItemKey, FileItemHash>(new(7), fileBytes)), Run(() => secrets.DecryptAndDecompress(handFile, $"file:{file.Id}", "text")), 1.1, 1.05));

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

// Against arrays, which is what hand-written code would pass on.
byte[] Write<TEntity, TKey, TMapper>(TEntity entity)
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMapper : struct, IHashMapper<TEntity, TKey>
{
    var context = new CodecContext(redis, TMapper.Schema, TMapper.KeyOf(entity).ToRedisKey());
    var values = new RedisValue[1];
    TMapper.Write(entity, values, context);
    context.Protect(values);
    return values[0]!;
}

TEntity Read<TEntity, TKey, TMapper>(TKey key, byte[] stored)
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMapper : struct, IHashMapper<TEntity, TKey>
{
    var context = new CodecContext(redis, TMapper.Schema, key.ToRedisKey());
    RedisValue[] values = [stored];
    context.Unprotect(values);
    return TMapper.Read(key, values, context);
}

static Func<Task> Run<T>(Func<T> action) => () =>
{
    for (int i = 0; i < 100; i++)
    {
        Keep(action());
    }

    return Task.CompletedTask;
};

[MethodImpl(MethodImplOptions.NoInlining)]
static void Keep<T>(T value) => GC.KeepAlive(value);
