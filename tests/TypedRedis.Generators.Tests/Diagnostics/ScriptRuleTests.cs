using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Tests.Diagnostics;

/// <summary>What is said of members with <c>[LuaScript]</c>, and where.</summary>
public sealed class ScriptRuleTests
{
    private const string Head = """
        using System.Threading;
        using StackExchange.Redis;

        [RedisHash("user:{Id}"), Expires("1d")] public sealed record User(long Id, string Name);
        [RedisHash("cart:{#Owner}"), Expires("1d")] public sealed record Cart(long Owner, string Name);
        [RedisHash("order:{#Owner}:{Number}"), Expires("1d")] public sealed record Order(long Owner, int Number);
        public enum Outcome { Done = 1, Refused = 2 }


        """;

    private static async Task Verify(string member)
    {
        string source = Head + "public static partial class S\n{\n" + member + "\n}";
        Diagnose.VerifyEmitted(source);
        await Diagnose.Verify(source);
    }

    [Theory]
    [InlineData("""[LuaScript("return 1")] public static partial Task<long> A(RedisContext redis);""")]
    [InlineData("""[LuaScript("return 1")] public static partial Task A(this RedisContext redis, CancellationToken token = default);""")]
    [InlineData("""[LuaScript("return redis.call('GET', k)")] public static partial Task<string?> A(RedisContext r, [LuaKey] string k);""")]
    [InlineData("""[LuaScript("return redis.call('HGETALL', user)")] public static partial Task<User?> A(RedisContext r, UserKey user);""")]
    [InlineData("""[LuaScript("return redis.call('HGETALL', user)")] public static partial Task<User> A(RedisContext r, UserKey user, CancellationToken token);""")]
    [InlineData("""[LuaScript("return redis.call('MGET', unpack(KEYS))")] public static partial Task<string?[]> A(RedisContext r, params CartKey[] carts);""")]
    [InlineData("""[LuaScript("return { a, b, c, d, e, f, g, h, k }")] public static partial Task<(int, long?, bool, Outcome, string, byte[], Guid?, double, DateTimeOffset)> A(RedisContext r, int a, long? b, bool c, Outcome d, string e, byte[] f, Guid? g, double h, [LuaKey] RedisKey k);""")]
    [InlineData("""[LuaScript("return redis.call('HGETALL', k)")] public static partial Task<Dictionary<string, long>> A(RedisContext r, [LuaKey] string k);""")]
    [InlineData("""[LuaScript("return values")] public static partial Task<IReadOnlyList<string>> A(RedisContext r, IEnumerable<string> values);""")]
    [InlineData("""[LuaScript("return value")] public static partial Task<RedisValue> A(RedisContext r, RedisValue value);""")]
    [InlineData("""[LuaScript("return 1")] public static partial Task<RedisResult> A(RedisContext r);""")]
    [InlineData("""[LuaScript("return 1")] public static partial RedisScript A { get; }""")]
    [InlineData("""[LuaScript("return redis.call('GET', 'x')", AllowUndeclaredKeys = true)] public static partial RedisScript A { get; }""")]
    [InlineData("""[LuaScript("return { cart, order }")] public static partial Task A(RedisContext r, CartKey cart, OrderKey order);""")]
    [InlineData("""[LuaScript("return { x, user }")] public static partial Task A(RedisContext r, UserKey user, int x);""")]
    public Task Right(string member) => Verify(member);

    [Theory]
    [InlineData("""[LuaScript("return 1")] public static Task {|TR1040:A|}(RedisContext r) => Task.CompletedTask;""")]
    [InlineData("""[LuaScript("return 1")] public static partial ValueTask<int> A(RedisContext r);""", "public static partial {|TR1040:ValueTask<int>|}")]
    [InlineData("""[LuaScript("return 1")] public static partial {|TR1040:long|} A(RedisContext r);""")]
    [InlineData("""[LuaScript("return 1")] public static partial Task {|TR1040:A|}();""")]
    [InlineData("""[LuaScript("return 1")] public static partial Task {|TR1040:A|}(int x, RedisContext r);""")]
    [InlineData("""[LuaScript("return 1")] public static partial Task<T> {|TR1040:A|}<T>(RedisContext r) where T : class, new();""")]
    [InlineData("""[{|TR1040:LuaScript|}] public static partial Task A(RedisContext r);""")]
    [InlineData("""[{|TR1040:LuaScript("  ")|}] public static partial Task A(RedisContext r);""")]
    [InlineData("""[{|TR1040:LuaScript("return 1", File = "x.lua")|}] public static partial Task A(RedisContext r);""")]
    [InlineData("""[LuaScript("return 1")] public static partial string {|TR1040:A|} { get; }""")]
    public Task The_member(string member, string? other = null) => Verify(other is null ? member : member.Replace("public static partial ValueTask<int>", other));

    [Theory]
    [InlineData("""[LuaScript("return 1")] public static partial Task A(RedisContext r, [LuaKey] int {|TR1041:k|});""")]
    [InlineData("""[LuaScript("return 1")] public static partial Task A(RedisContext r, [LuaKey] string? {|TR1041:k|});""")]
    [InlineData("""[LuaScript("return 1")] public static partial Task A(RedisContext r, RedisKey {|TR1041:k|});""")]
    [InlineData("""[LuaScript("return 1")] public static partial Task A(RedisContext r, int {|TR1041:@end|});""")]
    [InlineData("""[LuaScript("return 1")] public static partial Task A(RedisContext r, int {|TR1041:größe|});""")]
    [InlineData("""[LuaScript("return 1")] public static partial Task A(RedisContext r, int {|TR1041:type|});""")]
    [InlineData("""[LuaScript("return 1")] public static partial Task A(RedisContext r, object {|TR1041:value|});""")]
    [InlineData("""[LuaScript("return 1")] public static partial Task A(RedisContext r, User {|TR1041:user|});""")]
    [InlineData("""[LuaScript("return 1")] public static partial Task A(RedisContext r, in int {|TR1041:value|});""")]
    [InlineData("""[LuaScript("return 1")] public static partial Task A(RedisContext r, int?[] {|TR1041:values|});""")]
    [InlineData("""[LuaScript("return { a, b }")] public static partial Task A(RedisContext r, int[] {|TR1041:a|}, int b);""")]
    [InlineData("""[LuaScript("return { a, b }")] public static partial Task A(RedisContext r, [LuaKey] string[] {|TR1041:a|}, [LuaKey] List<string> b);""")]
    [InlineData("""[LuaScript("return 1")] public static partial Task A(RedisContext r, CancellationToken {|TR1041:token|}, int x);""")]
    public Task The_parameters(string member) => Verify(member);

    [Theory]
    [InlineData("""[LuaScript("return 1")] public static partial {|TR1042:Task<object>|} A(RedisContext r);""")]
    [InlineData("""[LuaScript("return 1")] public static partial {|TR1042:Task<List<int>>|} A(RedisContext r);""")]
    [InlineData("""[LuaScript("return 1")] public static partial {|TR1042:Task<User>|} A(RedisContext r);""")]
    [InlineData("""[LuaScript("return { x, y }")] public static partial {|TR1042:Task<Cart>|} A(RedisContext r, CartKey x, CartKey y);""")]
    [InlineData("""[LuaScript("return x")] public static partial {|TR1042:Task<User[]>|} A(RedisContext r, UserKey x);""")]
    public Task The_result(string member) => Verify(member);

    [Theory]
    [InlineData("""[LuaScript("return {|TR1044:)|}")] public static partial Task A(RedisContext r);""")]
    [InlineData("""[LuaScript(@"return ""x"" {|TR1044:'y|}")] public static partial Task A(RedisContext r);""")]
    [InlineData("""[LuaScript("local x = 1\nreturn {|TR1045:y|}")] public static partial Task A(RedisContext r);""")]
    [InlineData("""[LuaScript("return redis.call({|TR1046:'KEYS'|}, '*')")] public static partial Task A(RedisContext r);""")]
    [InlineData("""[LuaScript("return redis.call('GET', {|TR1047:'x'|})")] public static partial Task A(RedisContext r);""")]
    [InlineData("""[LuaScript("return redis.call('GET', {|TR1048:redis.call('GET', k)|})")] public static partial Task A(RedisContext r, [LuaKey] string k);""")]
    [InlineData("""[LuaScript("return {|TR1049:ARGV[1]|}")] public static partial Task A(RedisContext r);""")]
    [InlineData("""[LuaScript("return x")] public static partial Task A(RedisContext r, int x, int {|TR1050:y|}, [LuaKey] string {|TR1050:k|});""")]
    [InlineData("""[LuaScript("return redis.call({|TR1052:'GTE'|}, k)")] public static partial Task A(RedisContext r, [LuaKey] string k);""")]
    [InlineData("""[LuaScript("return redis.call('GET', {|TR1047:KEYS[1] .. 'x'|})")] public static partial RedisScript A { get; }""")]
    [InlineData("""[LuaScript("--#include \"{|TR1043:x.lua|}\"\nreturn 1")] public static partial Task A(RedisContext r);""")]
    [InlineData("""[LuaScript(File = {|TR1043:"x.lua"|})] public static partial Task A(RedisContext r);""")]
    [InlineData("""[LuaScript({|TR1044:"return " + ")"|})] public static partial Task A(RedisContext r);""")]
    public Task The_script(string member) => Verify(member);

    [Fact]
    public Task The_script_in_a_raw_literal() => Verify(""""
            [LuaScript("""
                local value = redis.call('GET', key)
                if not value then return {|TR1045:nul|} end
                return redis.call('SET', {|TR1047:key .. ':copy'|}, value)
                """)]
            public static partial Task A(RedisContext r, [LuaKey] RedisKey key);
        """");

    [Theory]
    [InlineData("UserKey {|TR1051:a|}, UserKey {|TR1051:b|}")]
    [InlineData("UserKey {|TR1051:a|}, CartKey b")]
    [InlineData("UserKey {|TR1051:a|}, [LuaKey] string b")]
    [InlineData("CartKey a, IEnumerable<UserKey> {|TR1051:b|}")]
    [InlineData("CartKey a, OrderKey[] b")]
    [InlineData("[LuaKey] string a, [LuaKey] string b")]
    public Task Slots(string parameters) => Verify($"""[LuaScript("return a == b")] public static partial Task<bool> A(RedisContext r, {parameters});""");

    [Fact]
    public async Task One_collection_of_keys_without_a_common_slot()
        => await Verify("""[LuaScript("return redis.call('DEL', unpack(users))")] public static partial Task A(RedisContext r, UserKey[] {|TR1051:users|});""");

    private const string WithFile = Head + """
        public static partial class S
        {
            [LuaScript(File = "script.lua")]
            public static partial Task<long> A(RedisContext redis, [LuaKey] RedisKey counter, long by);
        }
        """;

    [Theory]
    [InlineData("return redis.call('INCRBY', counter, by)")]
    [InlineData("-- {|TR1000:not read|}\nreturn redis.call('INCRBY', counter, by)", true)]
    [InlineData("-- é 😀\nlocal x = by\nreturn redis.call('INCRBY', counter, {|TR1045:c|})")]
    [InlineData("return redis.call('INCRBY', counter, by{|TR1044:}|}")]
    [InlineData("return redis.call(\r\n  'INCRBY',\r\n  {|TR1047:counter .. 'x'|}, by)")]
    public async Task A_file(string script, bool plain = false)
    {
        if (plain)
            script = script.Replace("{|TR1000:", "").Replace("|}", "");
        await Diagnose.VerifyWithScript(WithFile, script);
    }

    [Fact]
    public async Task The_place_in_a_file_has_a_line_and_a_column()
    {
        var diagnostic = Assert.Single(await Diagnose.VerifyWithScript(WithFile, "-- one\nlocal x = by\n  return {|TR1045:y|} .. counter"));
        Assert.Equal("script.lua: (2,9)-(2,10)", diagnostic.Location.GetLineSpan().ToString());
        Assert.Equal("The Lua script of 'S.A' uses 'y': there is no such name here: did you mean 'by'?", diagnostic.GetMessage());
    }

    [Fact]
    public async Task An_include_is_checked_in_its_own_file()
    {
        const string Source = """
            public static partial class S
            {
                [LuaScript("--#include \"lib/script.lua\"\nreturn add({|TR1045:oops|}, by)")]
                public static partial Task<long> A(RedisContext redis, [LuaKey] string counter, long by);
            }
            """;
        await Diagnose.VerifyWithScript(Source, "local function add(x, y)\n  redis.call('GET', counter)\n  return x + y + {|TR1045:z|}\nend", "lib/script.lua");
    }

    [Fact]
    public async Task A_file_that_includes_itself()
        => await Diagnose.VerifyWithScript(WithFile, "--#include \"{|TR1043:script.lua|}\"\nreturn redis.call('INCRBY', counter, by)");

    [Fact]
    public async Task A_file_elsewhere_is_named()
    {
        var diagnostics = await Diagnose.VerifyWithScript(WithFile.Replace("\"script.lua\"", "{|TR1043:\"script.lua\"|}"), "return 1", "Lua/script.lua");
        Assert.Contains("there is 'Lua/script.lua'", Assert.Single(diagnostics).GetMessage());
    }

    [Fact]
    public async Task Severities() => Assert.Equal(
        [DiagnosticSeverity.Error, DiagnosticSeverity.Warning],
        (await Diagnose.Verify("""
            public static partial class S
            {
                [LuaScript("redis.call('GET', {|TR1047:'x'|}) return redis.call('GET', {|TR1048:redis.call('GET', k)|})")]
                public static partial Task A(RedisContext r, [LuaKey] string k);
            }
            """)).Select(static diagnostic => diagnostic.Severity));
}
