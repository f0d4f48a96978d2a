using System.Text;
using TypedRedis.Generators.Lua;
using TypedRedis.Testing;

namespace TypedRedis.Generators.Tests.Lua;

/// <summary>What the checker finds in scripts. <c>{|TR1047:…|}</c> marks a finding. The method passes the keys k and ks…, and the arguments a, b and rest….</summary>
public sealed class LuaCheckerTests
{
    private static readonly LuaParameter[] Parameters = [new("k", true, false), new("ks", true, true), new("a", false, false), new("b", false, false), new("rest", false, true)];

    [Theory]
    // Keys of every origin that can be followed.
    [InlineData("return redis.call('GET', k)")]
    [InlineData("return redis.call('GET', KEYS[1])")]
    [InlineData("local x = k return redis.call('get', x)")]
    [InlineData("local x, y = KEYS[1], ARGV[1] return redis.call('SET', x, y)")]
    [InlineData("local call = redis.call return call('GET', k)")]
    [InlineData("for i, key in ipairs(KEYS) do redis.call('DEL', key) end")]
    [InlineData("for i = 1, #ks do redis.call('DEL', ks[i]) end")]
    [InlineData("for i = 1, #KEYS do local key = KEYS[i] redis.call('DEL', key) end")]
    [InlineData("return redis.call('MGET', unpack(KEYS))")]
    [InlineData("return redis.call('DEL', k, unpack(ks, 2))")]
    [InlineData("local function touch(key, time) redis.call('PEXPIRE', key, time) end touch(k, a) touch(ks[1], b)")]
    [InlineData("local touch = function(key) redis.call('PERSIST', key) end touch(KEYS[1])")]
    [InlineData("local function first() return KEYS[1] end return redis.call('GET', first())")]
    [InlineData("local function walk(n, key) redis.call('GET', key) if n > 0 then walk(n - 1, key) end end walk(3, k)")]
    [InlineData("local found = {} for _, key in ipairs(ks) do found[#found + 1] = key end return redis.call('DEL', unpack(found))")]
    [InlineData("local found = {} for _, key in ipairs(ks) do table.insert(found, key) end for _, key in ipairs(found) do redis.call('DEL', key) end")]
    [InlineData("local key = a == '1' and k or ks[1] return redis.call('GET', key)")]
    [InlineData("local key if a then key = k else key = ks[1] end return redis.call('GET', key)")]
    [InlineData("local both = { k, ks[1] } return redis.call('GET', both[1])")]
    [InlineData("return redis.call('GET', (k))")]
    [InlineData("return redis.call('GET', tostring(k))")]
    [InlineData("return redis.pcall('ZUNIONSTORE', k, 2, ks[1], ks[2], 'WEIGHTS', 1, 2)")]
    [InlineData("return redis.call('ZUNIONSTORE', k, #ks, unpack(ks))")]
    [InlineData("return redis.call('XREAD', 'COUNT', 1, 'STREAMS', k, ks[1], '0', '0')")]
    [InlineData("return redis.call('SORT', k, 'LIMIT', 0, 1, 'STORE', ks[1])")]
    [InlineData("return redis.call('BITOP', 'AND', k, ks[1])")]
    [InlineData("return redis.call('OBJECT', 'ENCODING', k)")]
    [InlineData("return redis.call('EVALSHA_RO' == a and 'GET' or 'TTL', k)", "TR1048")]
    [InlineData("return redis.call('MSET', k, a, ks[1], b)")]
    [InlineData("return redis.call('HSET', k, unpack(rest))")]
    [InlineData("return redis.call('JSON.SET', 'anything', a)")]
    [InlineData("return redis.call('TIME')")]
    [InlineData("return redis.call('PUBLISH', a, b)")]
    [InlineData("return redis.call('SCAN', a, 'MATCH', b)")]
    // Those of no declared one.
    [InlineData("return redis.call('GET', {|TR1047:'x'|})")]
    [InlineData("return redis.call('GET', {|TR1047:a|})")]
    [InlineData("return redis.call('GET', {|TR1047:ARGV[1]|})")]
    [InlineData("return redis.call('GET', {|TR1047:k .. ':x'|})")]
    [InlineData("return redis.call('GET', {|TR1047:'user:' .. a|})")]
    [InlineData("return redis.call('GET', {|TR1047:string.format('user:%s', a)|})")]
    [InlineData("local x = 'user:' return redis.call('GET', {|TR1047:x|})")]
    [InlineData("local x = k .. 'x' return redis.call('GET', {|TR1047:x|})")]
    [InlineData("return redis.call('DEL', k, {|TR1047:'x'|}, {|TR1047:b|})")]
    [InlineData("return redis.call('MGET', {|TR1047:unpack(rest)|})")]
    [InlineData("return redis.call('RENAME', k, {|TR1047:a|})")]
    [InlineData("return redis.call('ZUNIONSTORE', k, 1, {|TR1047:'x'|})")]
    [InlineData("return redis.call('XREAD', 'STREAMS', {|TR1047:'x'|}, '0')")]
    [InlineData("return redis.call('SORT', k, 'STORE', {|TR1047:'x'|})")]
    [InlineData("return redis.call('OBJECT', 'ENCODING', {|TR1047:a|})")]
    [InlineData("local function get(key) return redis.call('GET', {|TR1047:key|}) end return get(a)")]
    [InlineData("for i, id in ipairs(rest) do redis.call('DEL', {|TR1047:id|}) end")]
    // Those that cannot be followed.
    [InlineData("return redis.call('GET', {|TR1048:redis.call('GET', k)|})")]
    [InlineData("local x = redis.call('GET', k) return redis.call('GET', {|TR1048:x|})")]
    [InlineData("local x = k x = 'y' return redis.call('GET', {|TR1048:x|})")]
    [InlineData("local function get(key) return redis.call('GET', {|TR1048:key|}) end get(k) get(a)")]
    [InlineData("local get = function(key) return redis.call('GET', {|TR1048:key|}) end local other = get return other(k)")]
    [InlineData("return redis.call({|TR1048:a|}, k)")]
    // Commands.
    [InlineData("return redis.call({|TR1046:'KEYS'|}, '*')")]
    [InlineData("return redis.call({|TR1046:'flushall'|})")]
    [InlineData("return redis.pcall({|TR1046:'EVALSHA'|}, a, 0)")]
    [InlineData("return redis.call({|TR1046:'BLPOP'|}, k, 0)")]
    [InlineData("return redis.call({|TR1046:'SELECT'|}, 1)")]
    [InlineData("return redis.call('XREAD', {|TR1046:'BLOCK'|}, 0, 'STREAMS', k, '$')")]
    [InlineData("return redis.call({|TR1052:'HEGT'|}, k, a)")]
    [InlineData("return redis.call({|TR1046:'HGET'|}, k)")]
    [InlineData("return redis.call({|TR1046:'GET'|}, k, a)")]
    [InlineData("return redis.call({|TR1046:'SET'|}, k)")]
    [InlineData("return {|TR1046:redis.call()|}")]
    [InlineData("return redis.call('SET', unpack(KEYS))")]
    // Names.
    [InlineData("{|TR1045:x|} = 1")]
    [InlineData("return {|TR1045:x|}")]
    [InlineData("local counter return {|TR1045:conuter|}")]
    [InlineData("function {|TR1045:f|}() end")]
    [InlineData("{|TR1045:print|}('x')")]
    [InlineData("return {|TR1045:os|}.time()")]
    [InlineData("return redis.{|TR1045:cal|}('GET', k)")]
    [InlineData("return table.{|TR1045:unpack|}(KEYS)")]
    [InlineData("return math.{|TR1045:tointeger|}(1)")]
    [InlineData("{|TR1045:KEYS|} = {}")]
    [InlineData("local string = 'x' return string.anything")]
    [InlineData("do local x = 1 end return {|TR1045:x|}")]
    [InlineData("for i = 1, 2 do end return {|TR1045:i|}")]
    [InlineData("repeat local x = 1 until x == 1")]
    [InlineData("local function f() return f end return f")]
    [InlineData("local f = function() return {|TR1045:f|} end return f")]
    [InlineData("local t = {} function t:m() return self end return t")]
    [InlineData("local x = {|TR1045:x|}")]
    [InlineData("return cjson.encode({}), cmsgpack.pack(1), bit.band(1, 2), struct.pack('>I', 1), math.floor(1.5), string.rep('x', 2), table.concat({}), type(1), next({})")]
    // Positions.
    [InlineData("return {|TR1049:KEYS[0]|}")]
    [InlineData("return {|TR1049:ARGV[0]|}")]
    [InlineData("return KEYS[7], ARGV[9]")]
    public void What_is_found(string markup, string? other = null) => Verify(markup, Parameters, other);

    [Theory]
    [InlineData("return KEYS[1], {|TR1049:KEYS[2]|}, ARGV[2], {|TR1049:ARGV[3]|}")]
    public void Positions_beyond_what_is_passed(string markup) => Verify(markup, [new("k", true, false), new("a", false, false), new("b", false, false)]);

    [Fact]
    public void Without_parameters_positions_are_the_callers() => Verify("return { KEYS[9], ARGV[9], {|TR1049:KEYS[0]|} }", parameters: null);

    [Theory]
    [InlineData("return 1", "k ks a b rest")]
    [InlineData("return k .. a", "ks b rest")]
    [InlineData("return KEYS[1] .. ARGV[2]", "ks a rest")]
    [InlineData("return KEYS[2] .. ARGV[3]", "k a b")]
    [InlineData("for i = 1, #KEYS do redis.call('DEL', KEYS[i]) end", "a b rest")]
    [InlineData("return redis.call('HSET', k, unpack(ARGV))", "ks")]
    [InlineData("local k = 1 return k", "k ks a b rest")]
    [InlineData("local function f() return k end", "ks a b rest")]
    public void Parameters_that_are_not_used(string text, string unused)
        => Assert.Equal(unused.Split(' '), LuaChecker.Check(text, LuaParser.Parse(text), Parameters, checksKeys: true).Unused);

    [Fact]
    public void Undeclared_keys_can_be_allowed()
    {
        const string Text = "redis.call(ARGV[1], 'x') redis.call('GET', 'x') redis.call('DEL', redis.call('GET', k)) return redis.call('XREAD', 'STREAMS', 'x', '0')";
        Assert.Empty(LuaChecker.Check(Text, LuaParser.Parse(Text), Parameters, checksKeys: false).Findings);
    }

    /// <summary>The table of commands is that of the server: names, numbers of words, keys, and what a script may not call.</summary>
    [Fact]
    public async Task Commands_are_those_of_the_server()
    {
        await using var server = await RedisServer.StartAsync();
        var differences = new StringBuilder();
        foreach (var reply in (await server.ExecuteAsync("COMMAND")).Items)
        {
            string name = reply.Items[0].Text!;
            bool isRefusedByServer = reply.Items[2].Items.Any(static flag => flag.Text == "noscript");
            if (RedisCommand.Refusal(name) is not null)
                continue;
            if (isRefusedByServer)
                differences.AppendLine($"{name} is no command for scripts");
            else if (RedisCommand.Find(name) is not { } command)
                differences.AppendLine($"{name} is not known");
            else if (IsDifferent(command, reply))
                differences.AppendLine($"{name}: {command}");
        }

        Assert.Equal("", differences.ToString());

        // The first form of each is the server's own word; what it does not tell (subcommands, numbers of keys) is not compared.
        static bool IsDifferent(RedisCommand command, RedisReply reply)
        {
            long arity = reply.Items[1].Integer, first = reply.Items[3].Integer, last = reply.Items[4].Integer, step = reply.Items[5].Integer;
            bool isLaxer = command.Name is "ZRANK" or "ZREVRANK";     // took a word more with Redis 7.2
            return (command.Arity != arity && !isLaxer)
                || (first > 0 && command.Name != "SPUBLISH" && (command.First, command.Last, command.Step) != ((int)first, (int)last, (int)step));
        }
    }

    [Fact]
    public async Task Globals_are_those_of_the_server()
    {
        await using var server = await RedisServer.StartAsync();
        foreach (string name in LuaGlobals.Names)
        {
            Assert.NotEqual("nil", (await server.ExecuteAsync("EVAL", $"return type({name})", "0")).Text);
            foreach (string member in LuaGlobals.MembersOf(name) ?? [])
            {
                if (member is not ("decode_array_with_array_mt" or "null"))
                    Assert.NotEqual("nil", (await server.ExecuteAsync("EVAL", $"return type({name}.{member})", "0")).Text);
            }
        }
    }

    private static void Verify(string markup, LuaParameter[]? parameters, string? other = null)
    {
        string text = System.Text.RegularExpressions.Regex.Replace(markup, @"\{\|TR\d{4}:|\|\}", "");
        var findings = LuaChecker.Check(text, LuaParser.Parse(text), parameters, checksKeys: true).Findings;
        if (other is not null)
        {
            Assert.Equal(other, Assert.Single(findings).Rule.Id);
            return;
        }

        var marked = new StringBuilder(text);
        foreach (var finding in findings.Reverse())
            marked.Insert(finding.End, "|}").Insert(finding.Start, $"{{|{finding.Rule.Id}:");
        Assert.Equal(markup, marked.ToString());
    }
}
