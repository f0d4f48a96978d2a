using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Encrypts the values of all entities of a model with the current key, without decoding them.</summary>
internal static partial class Reencryption
{
    private const int PageSize = 1000;

    [LuaScript(File = "hash_replace.lua")]
    private static partial RedisScript HashScript { get; }

    [LuaScript(File = "string_replace.lua")]
    private static partial RedisScript StringScript { get; }

    /// <returns>How many values were replaced.</returns>
    public static async Task<long> OfHashesAsync<TKey>(RedisContext redis, HashSchema schema, CancellationToken cancellationToken)
        where TKey : struct, IRedisKey<TKey>
    {
        ProtectedField[] fields = EncryptedOf(schema);
        RedisValue[] names = [schema.PresenceName, .. fields.Select(field => schema.Names[field.Field])];
        long count = 0;
        await foreach (TKey[] page in KeyScan.PagesAsync<TKey>(redis, schema, PageSize, cancellationToken).ConfigureAwait(false))
        {
            var found = new List<(RedisKey Key, RedisValue[] Arguments)>();
            await Pipeline.RunAsync(
                redis,
                schema,
                page.Length,
                i => (page[i].ToRedisKey(), names),
                (key, all) => redis.Database.HashGetAsync(key, all),
                (_, key, values) =>
                {
                    if (!values[0].IsNull && ArgumentsOf(new CodecContext(redis, schema, key), fields, names.AsSpan(1), values.AsSpan(1)) is { Count: > 0 } arguments)
                    {
                        found.Add((key, [.. arguments]));
                    }
                },
                cancellationToken).ConfigureAwait(false);
            count += await ReplaceAsync(redis, schema, HashScript, found, cancellationToken).ConfigureAwait(false);
        }

        return count;
    }

    /// <returns>How many values were replaced.</returns>
    public static async Task<long> OfStringsAsync<TKey>(RedisContext redis, StringSchema schema, CancellationToken cancellationToken)
        where TKey : struct, IRedisKey<TKey>
    {
        ProtectedField field = EncryptedOf(schema)[0];
        long count = 0;
        await foreach (TKey[] page in KeyScan.PagesAsync<TKey>(redis, schema, PageSize, cancellationToken).ConfigureAwait(false))
        {
            var found = new List<(RedisKey Key, RedisValue[] Arguments)>();
            await Pipeline.RunAsync(
                redis,
                schema,
                page.Length,
                i => (page[i].ToRedisKey(), redis.Database),
                static (key, database) => database.StringGetAsync(key),
                (_, key, value) =>
                {
                    if (!value.IsNull && new CodecContext(redis, schema, key).Reencrypt(field, value) is { IsNull: false } anew)
                    {
                        found.Add((key, [value, anew]));
                    }
                },
                cancellationToken).ConfigureAwait(false);
            count += await ReplaceAsync(redis, schema, StringScript, found, cancellationToken).ConfigureAwait(false);
        }

        return count;
    }

    private static ProtectedField[] EncryptedOf(ModelSchema schema)
        => Array.FindAll(schema.Protected, static field => field.Encrypted) is { Length: > 0 } fields
            ? fields
            : throw new InvalidOperationException($"{schema.Model} has nothing that is encrypted.");

    private static List<RedisValue> ArgumentsOf(in CodecContext context, ProtectedField[] fields, ReadOnlySpan<RedisValue> names, ReadOnlySpan<RedisValue> values)
    {
        var arguments = new List<RedisValue>();
        for (int i = 0; i < fields.Length; i++)
        {
            if (!values[i].IsNull && context.Reencrypt(fields[i], values[i]) is { IsNull: false } anew)
            {
                arguments.AddRange([names[i], values[i], anew]);
            }
        }

        return arguments;
    }

    private static async Task<long> ReplaceAsync(
        RedisContext redis, ModelSchema schema, RedisScript script, List<(RedisKey Key, RedisValue[] Arguments)> found, CancellationToken cancellationToken)
    {
        long count = 0;
        await Pipeline.RunScriptAsync(
            redis,
            schema,
            script,
            found.Count,
            i => ([found[i].Key], found[i].Arguments),
            (_, _, reply) => count += (long)reply,
            cancellationToken).ConfigureAwait(false);
        return count;
    }
}
