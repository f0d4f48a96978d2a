using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Scripting;

public enum Outcome
{
    Done = 1,
    Refused = 2,
}

/// <summary>A script for each way in which one can be declared, called and answered.</summary>
internal static partial class Scripts
{
    [LuaScript("return redis.call('INCRBY', counter, by)")]
    public static partial Task<long> AddAsync(RedisContext redis, [LuaKey] RedisKey counter, long by, CancellationToken cancellationToken = default);

    [LuaScript("return redis.call('HGETALL', patient)")]
    public static partial Task<Patient?> ReadAsync(RedisContext redis, PatientKey patient);

    [LuaScript(File = "reserve.lua")]
    public static partial Task<(Outcome Outcome, long Left)> ReserveAsync(this RedisContext redis, [LuaKey] string stock, int count, int? minimum = null);

    // Every type of argument, as the script sees it.
    [LuaScript("return { text, bytes, flag, number, big, real, exact, id, day, moment, span, stage, rights, raw, letter, address }")]
    public static partial Task<string[]> EchoAsync(
        RedisContext redis, string text, byte[] bytes, bool flag, int number, ulong big, double real, decimal exact, Guid id, DateOnly day, DateTimeOffset moment,
        TimeSpan span, Stage stage, Rights rights, RedisValue raw, char letter, System.Net.IPAddress address);

    [LuaScript("return { text == nil, number == nil, id == nil, text or '-', number or '-', #rest, ARGV[1], ARGV[4] }")]
    public static partial Task<(bool Text, bool Number, bool Id, string, string, int Count, string First, string Flag)> NullsAsync(
        RedisContext redis, string? text, int? number, Guid? id, IEnumerable<int> rest);

#pragma warning disable TR1051 // On one server all keys are in one place.
    [LuaScript("return { KEYS[1], first, #others, others[1] or '-', others[2] or '-', value, #rest, rest[2] or '-' }")]
    public static partial Task<string[]> CollectionsAsync(
        RedisContext redis, ProductKey first, IReadOnlyCollection<ProductKey> others, string value, params IEnumerable<long> rest);
#pragma warning restore TR1051

    [LuaScript("return { keys[1], #keys }")]
    public static partial Task<(string, int)> KeysAsync(RedisContext redis, [LuaKey] params RedisKey[] keys);

    // Every type of result. The script is an argument, so that each reply can be tried.
    [LuaScript("return loadstring(code)()")]
    public static partial Task<long> Int64Async(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task<int?> NullableAsync(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task<bool> BooleanAsync(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task<bool?> NullableBooleanAsync(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task<string> TextAsync(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task<string?> NullableTextAsync(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task<byte[]> BytesAsync(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task<double> DoubleAsync(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task<decimal> DecimalAsync(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task<Guid> GuidAsync(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task<DateTimeOffset> MomentAsync(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task<Outcome> OutcomeAsync(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task<int[]> IntegersAsync(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task<IReadOnlyList<string?>?> TextsAsync(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task<(int Number, string? Text, bool[] Flags)> TupleAsync(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task<(int, string)[]> RowsAsync(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task<Dictionary<string, int>> MapAsync(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task<RedisValue> ValueAsync(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task<RedisResult> ResultAsync(RedisContext redis, string code);

    [LuaScript("return loadstring(code)()")]
    public static partial Task NothingAsync(RedisContext redis, string code);

    [LuaScript("return redis.call('HGETALL', document)")]
    public static partial Task<Document?> FindAsync(RedisContext redis, DocumentKey document);

    [LuaScript("return redis.call('HGETALL', document)")]
    public static partial Task<Document> GetAsync(RedisContext redis, DocumentKey document);

    [LuaScript("if redis.call('GET', key) == '0' then return redis.error_reply('LIMIT reached') end return redis.call('DECR', key)")]
    public static partial Task<long> TakeAsync(RedisContext redis, [LuaKey] string key);

    /// <summary>A script whose callers bring keys and arguments.</summary>
    [LuaScript("""
        -- KEYS[1] list; ARGV[1…] items
        redis.call('DEL', KEYS[1])
        return redis.call('RPUSH', KEYS[1], unpack(ARGV))   -- their number
        """)]
    public static partial RedisScript Fill { get; }
}

/// <summary>Generic, and nested: the script is one all the same.</summary>
internal partial class Outer<T>
{
    internal partial struct Inner
    {
        [LuaScript("return 7")]
        private static partial RedisScript Seven { get; }

        public static RedisScript Script => Seven;
    }
}
