using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis.Benchmarks;

/// <summary>What a careful developer writes without TypedRedis, with the same guarantees: positional reads, exact round trips, one atomic step, a timeout.</summary>
internal sealed class HandWritten(IDatabase database)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    private static readonly RedisValue[] Fields =
        [.. new[] { "name", "description", "category", "sku", "quantity", "views", "weight", "price", "active", "batch", "created_at" }.Select(name => (RedisValue)name)];

    private const string RichUpsert =
        """
        local present = redis.call('HEXISTS', KEYS[1], 'name')
        redis.call('DEL', KEYS[1])
        redis.call('HSET', KEYS[1], unpack(ARGV, 2))
        redis.call('PEXPIRE', KEYS[1], ARGV[1])
        return 1 - present
        """;

    // What the hash was indexed by is read from it; the indexes are two sorted sets and a key per unique value.
    private const string IndexedUpsert =
        """
        local old = redis.call('HMGET', KEYS[1], 'category', 'sku', 'created_at')
        if not old[1] and redis.call('EXISTS', KEYS[1]) == 1 then return redis.error_reply('FOREIGN hash') end
        local holder = redis.call('GET', 'indexed:sku:' .. ARGV[2])
        if holder and holder ~= KEYS[1] and redis.call('HGET', holder, 'sku') == ARGV[2] then return -1 end
        redis.call('DEL', KEYS[1])
        redis.call('HSET', KEYS[1], unpack(ARGV, 5))
        if old[1] ~= ARGV[1] then
          if old[1] then redis.call('ZREM', 'indexed:category:' .. old[1], KEYS[1]) end
          redis.call('ZADD', 'indexed:category:' .. ARGV[1], 0, KEYS[1])
        end
        if old[2] ~= ARGV[2] then
          if old[2] and redis.call('GET', 'indexed:sku:' .. old[2]) == KEYS[1] then redis.call('DEL', 'indexed:sku:' .. old[2]) end
          redis.call('SET', 'indexed:sku:' .. ARGV[2], KEYS[1])
        end
        if old[3] ~= ARGV[3] then redis.call('ZADD', 'indexed:created', ARGV[4], KEYS[1]) end
        return old[1] and 0 or 1
        """;

    private static readonly byte[] IndexedUpsertSha = SHA1.HashData(Encoding.UTF8.GetBytes(IndexedUpsert));

    private static readonly byte[] RichUpsertSha = SHA1.HashData(Encoding.UTF8.GetBytes(RichUpsert));

    public Task LoadScriptsAsync() => Task.WhenAll(database.ExecuteAsync("SCRIPT", "LOAD", RichUpsert), database.ExecuteAsync("SCRIPT", "LOAD", IndexedUpsert));

    /// <summary>The hash and its indexes in one script made for just this model.</summary>
    public async Task<bool> UpsertIndexedAsync(IndexedItem item)
    {
        string created = item.CreatedAt.ToString("O", Invariant);
        RedisValue[] arguments =
        [
            item.Category, item.Sku, created, item.CreatedAt.UtcTicks,
            "name", item.Name,
            "description", item.Description,
            "category", item.Category,
            "sku", item.Sku,
            "quantity", item.Quantity,
            "views", item.Views,
            "weight", item.Weight.ToString("R", Invariant),
            "price", item.Price.ToString(Invariant),
            "active", item.Active,
            "batch", item.Batch.ToString(),
            "created_at", created,
        ];
        RedisResult reply = await database.ScriptEvaluateAsync(IndexedUpsertSha, [$"indexed:{item.Id}"], arguments).WaitAsync(Timeout).ConfigureAwait(false);
        return (long)reply == 1;
    }

    /// <summary>TypedRedis's own script, called by hand.</summary>
    public async Task<bool> UpsertIndexedWithOurScriptAsync(IndexedItem item)
    {
        string created = item.CreatedAt.ToString("O", Invariant);
        string entries = $"Sindexed:{{}}:category:{item.Category}\t\t\nUindexed:{{}}:sku:{item.Sku}\t\t\nSindexed:{{}}:created_at:\t118{item.CreatedAt.UtcTicks}!\t";
        RedisValue[] arguments =
        [
            "atomic", "upsert", "name", 0, "", "", 0, 10, 0, 11, 0, 0, entries, "*", "", "", "", "", "",
            "name", item.Name,
            "description", item.Description,
            "category", item.Category,
            "sku", item.Sku,
            "quantity", item.Quantity,
            "views", item.Views,
            "weight", item.Weight.ToString("R", Invariant),
            "price", item.Price.ToString(Invariant),
            "active", item.Active,
            "batch", item.Batch.ToString(),
            "created_at", created,
        ];
        var reply = (RedisResult[])(await database.ScriptEvaluateAsync(HashChanges.ChangeScript.Sha, [$"indexed:{item.Id}"], arguments).WaitAsync(Timeout).ConfigureAwait(false))!;
        return (string)reply[0]! == "done" && (long)reply[1] == 1;
    }

    public async Task<PlainItem?> GetPlainAsync(long id)
    {
        RedisValue[] values = await database.HashGetAsync($"plain:{id}", Fields).WaitAsync(Timeout).ConfigureAwait(false);
        return values[0].IsNull ? null : ReadPlain(id, values);
    }

    public async Task<PlainItem?> GetPlainWithoutTimeoutAsync(long id)
    {
        RedisValue[] values = await database.HashGetAsync($"plain:{id}", Fields).ConfigureAwait(false);
        return values[0].IsNull ? null : ReadPlain(id, values);
    }

    public async Task<RichItem?> GetRichAsync(long id)
    {
        RedisValue[] values = await database.HashGetAsync($"rich:{id}", Fields).WaitAsync(Timeout).ConfigureAwait(false);
        return values[0].IsNull ? null : ReadRich(id, values);
    }

    /// <summary>HSET, to learn whether it created the hash: the driver's HashSetAsync does not tell.</summary>
    public async Task<bool> UpsertPlainAsync(PlainItem item)
    {
        RedisResult added = await database.ExecuteAsync(
            "HSET",
            (RedisKey)$"plain:{item.Id}",
            "name", item.Name,
            "description", item.Description,
            "category", item.Category,
            "sku", item.Sku,
            "quantity", item.Quantity,
            "views", item.Views,
            "weight", item.Weight.ToString("R", Invariant),
            "price", item.Price.ToString(Invariant),
            "active", item.Active ? 1 : 0,
            "batch", item.Batch.ToString(),
            "created_at", item.CreatedAt.ToString("O", Invariant)).WaitAsync(Timeout).ConfigureAwait(false);
        return (long)added == 11;
    }

    /// <summary>The usual code, which does not tell whether it created the hash.</summary>
    public Task SetPlainAsync(PlainItem item) => database.HashSetAsync($"plain:{item.Id}", Entries(item));

    public async Task<bool> UpsertRichAsync(RichItem item)
    {
        RedisResult created = await database.ScriptEvaluateAsync(RichUpsertSha, [$"rich:{item.Id}"], Arguments(item)).WaitAsync(Timeout).ConfigureAwait(false);
        return (long)created == 1;
    }

    /// <summary>The two reads that one index key and one hash take.</summary>
    public async Task<PlainItem?> FindIndexedAsync(string sku)
    {
        RedisValue holder = await database.StringGetAsync($"indexed:{{}}:sku:{sku}").WaitAsync(Timeout).ConfigureAwait(false);
        if (holder.IsNull)
        {
            return null;
        }

        string key = ((string)holder!)[..^2];
        RedisValue[] values = await database.HashGetAsync(key, Fields).WaitAsync(Timeout).ConfigureAwait(false);
        return values[0].IsNull ? null : ReadPlain(long.Parse(key["indexed:".Length..], Invariant), values);
    }

    /// <summary>A page of the sorted set, and the hashes of it at once.</summary>
    public async Task<PlainItem?[]> PageIndexedAsync()
    {
        RedisValue[] members = await database.SortedSetRangeByValueAsync("indexed:{}:created_at:", skip: 0, take: 100).WaitAsync(Timeout).ConfigureAwait(false);
        string[] keys = Array.ConvertAll(members, member => { string text = member!; return text[(text.IndexOf('!') + 1)..^2]; });
        RedisValue[][] values = await Task.WhenAll(Array.ConvertAll(keys, key => database.HashGetAsync(key, Fields))).WaitAsync(Timeout).ConfigureAwait(false);
        return [.. keys.Select((key, i) => values[i][0].IsNull ? null : ReadPlain(long.Parse(key["indexed:".Length..], Invariant), values[i]))];
    }

    /// <summary>The usual batch: HGETALL for each, all at once.</summary>
    public async Task<PlainItem?[]> GetManyPlainAsync(long[] ids)
    {
        HashEntry[][] hashes = await Task.WhenAll(Array.ConvertAll(ids, id => database.HashGetAllAsync($"plain:{id}"))).WaitAsync(Timeout).ConfigureAwait(false);
        var items = new PlainItem?[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            if (hashes[i].Length == 0)
            {
                continue;
            }

            var values = new Dictionary<string, RedisValue>(hashes[i].Length);
            foreach (HashEntry entry in hashes[i])
            {
                values[entry.Name!] = entry.Value;
            }

            items[i] = ReadPlain(ids[i], Array.ConvertAll(Fields, field => values.GetValueOrDefault(field!)));
        }

        return items;
    }

    public Task SaveManyPlainAsync(PlainItem[] items) => Task.WhenAll(Array.ConvertAll(items, SetPlainAsync)).WaitAsync(Timeout);

    public Task SaveManyRichAsync(RichItem[] items)
        => Task.WhenAll(Array.ConvertAll(items, item => database.ScriptEvaluateAsync(RichUpsertSha, [$"rich:{item.Id}"], Arguments(item)))).WaitAsync(Timeout);

    public static PlainItem ReadPlain(long id, ReadOnlySpan<RedisValue> values) => new()
    {
        Id = id,
        Name = values[0]!,
        Description = values[1]!,
        Category = values[2]!,
        Sku = values[3]!,
        Quantity = (int)values[4],
        Views = (long)values[5],
        Weight = double.Parse((string)values[6]!, Invariant),
        Price = decimal.Parse((string)values[7]!, Invariant),
        Active = (bool)values[8],
        Batch = Guid.Parse((string)values[9]!),
        CreatedAt = DateTimeOffset.ParseExact(values[10]!, "O", Invariant, DateTimeStyles.RoundtripKind),
    };

    public static HashEntry[] Entries(PlainItem item) =>
    [
        new("name", item.Name),
        new("description", item.Description),
        new("category", item.Category),
        new("sku", item.Sku),
        new("quantity", item.Quantity),
        new("views", item.Views),
        new("weight", item.Weight.ToString("R", Invariant)),
        new("price", item.Price.ToString(Invariant)),
        new("active", item.Active),
        new("batch", item.Batch.ToString()),
        new("created_at", item.CreatedAt.ToString("O", Invariant)),
    ];

    private static RichItem ReadRich(long id, ReadOnlySpan<RedisValue> values) => new()
    {
        Id = id,
        Name = values[0]!,
        Description = values[1],
        Category = values[2],
        Sku = values[3]!,
        Quantity = (int?)values[4],
        Views = (long)values[5],
        Weight = values[6].IsNull ? null : double.Parse((string)values[6]!, Invariant),
        Price = decimal.Parse((string)values[7]!, Invariant),
        Active = (bool)values[8],
        Batch = Guid.Parse((string)values[9]!),
        CreatedAt = values[10].IsNull ? null : DateTimeOffset.ParseExact(values[10]!, "O", Invariant, DateTimeStyles.RoundtripKind),
    };

    private static RedisValue[] Arguments(RichItem item)
    {
        var arguments = new List<RedisValue>(23) { (long)TimeSpan.FromDays(30).TotalMilliseconds };
        Add("name", item.Name);
        Add("description", item.Description);
        Add("category", item.Category);
        Add("sku", item.Sku);
        Add("quantity", item.Quantity);
        Add("views", item.Views);
        Add("weight", item.Weight?.ToString("R", Invariant));
        Add("price", item.Price.ToString(Invariant));
        Add("active", item.Active);
        Add("batch", item.Batch.ToString());
        Add("created_at", item.CreatedAt?.ToString("O", Invariant));
        return [.. arguments];

        void Add(RedisValue field, RedisValue value)
        {
            if (!value.IsNull)
            {
                arguments.Add(field);
                arguments.Add(value);
            }
        }
    }
}
