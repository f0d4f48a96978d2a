using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Snapshots;

/// <summary>What is emitted for <c>[LuaScript]</c> members.</summary>
public sealed class LuaScriptTests
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;
        using StackExchange.Redis;
        using TypedRedis;

        namespace Shop;

        """;

    [Fact]
    public void Typical() => Generated.Verify(Usings + """"
        public static partial class Counters
        {
            /// <summary>Adds to a counter that lives for a while.</summary>
            [LuaScript("""
                -- The first one starts the time.
                local value = redis.call('INCRBY', counter, by)
                if value == tonumber(by) then redis.call('EXPIRE', counter, seconds) end
                return value
                """)]
            public static partial Task<long> AddAsync(RedisContext redis, [LuaKey] RedisKey counter, long by, int seconds, CancellationToken cancellationToken = default);
        }
        """");

    [Fact]
    public void A_property() => Generated.Verify(
        Usings + """
        internal partial class Store<T>
        {
            [LuaScript(File = "lua/write.lua")]
            private static partial RedisScript WriteScript { get; }
        }
        """,
        files: [new LuaText("lua/write.lua", "-- Writes.\n--#include \"part.lua\"\nreturn write(KEYS[1], ARGV[1])\n"), new LuaText("lua/part.lua", "local function write(key, value)\n  return redis.call('SET', key, value) -- as it is\nend")]);

    [Fact]
    public void Typed_keys_nulls_and_collections() => Generated.Verify(Usings + """
        [RedisHash("user:{#Group}:{Id}"), Expires("1d")]
        public sealed record User(string Group, long Id, string Name);

        internal static partial class Users
        {
            [LuaScript("if name then redis.call('HSET', user, 'name', name) end redis.call('SADD', index, unpack(tags)) redis.call('DEL', unpack(others)) return redis.call('HGETALL', user)")]
            internal static partial Task<User> SaveAsync(this RedisContext context, UserKey user, [LuaKey] string index, string? name, DayOfWeek? day, List<Guid> tags, IEnumerable<UserKey> others);
        }
        """);

    [Fact]
    public void A_declaration_with_errors_throws() => Generated.Verify(Usings + """
        public static partial class Wrong
        {
            [LuaScript("return 1")]
            public static partial ValueTask<T> OneAsync<T>(RedisContext redis, in int number) where T : class, new();

            [LuaScript(File = "nowhere.lua")]
            public static partial RedisScript Two { get; }
        }
        """);

    [Theory]
    [InlineData("return 1")]
    [InlineData("return '\"\"\"\"'")]
    [InlineData("return [[\n\n  x  \n]]")]
    [InlineData("return 'ä 😀 \u2028 \u0001'")]
    [InlineData("#!lua flags=no-writes\r\nreturn 1\r\n")]
    [InlineData("--[[ a\n b ]] return--[[c]]1")]
    public void The_sha_is_that_of_the_text(string script)
    {
        var generated = Generated.From(
            $$"""
            using TypedRedis;
            public static partial class S { [LuaScript(File = "s.lua")] public static partial RedisScript Script { get; } }
            public static class Probe { public static string Run() => S.Script.Sha + S.Script.Text; }
            """,
            files: [new LuaText("s.lua", script)]);
        string result = generated.Run();
        Assert.Equal(Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(result[40..]))), result[..40]);
        Assert.Equal(Regex.Matches(script.TrimEnd(), "\n").Count, Regex.Matches(result, "\n").Count);
    }

    [Fact]
    public void Overloads_have_files_of_their_own()
        => Assert.Equal(
            ["Shop.S.A-lua.g.cs", "Shop.S.A-2-lua.g.cs"],
            Generated.From(Usings + """
                public static partial class S
                {
                    [LuaScript("return 1")] public static partial Task<int> A(RedisContext redis);
                    [LuaScript("return x")] public static partial Task<int> A(RedisContext redis, int x);
                }
                """).Files.Select(static file => file.HintName));
}
