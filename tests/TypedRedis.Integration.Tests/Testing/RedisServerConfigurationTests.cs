using TypedRedis.Testing;
using TypedRedis.Testing.Processes;

namespace TypedRedis.Integration.Tests.Testing;

public sealed class RedisServerConfigurationTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("two  words # no comment")]
    [InlineData("\"quoted\" 'and' back\\slash \\x41 \\n")]
    [InlineData("tab\tline\nreturn\r ünï 🙂")]
    public async Task Any_value_arrives_as_it_was_given(string value)
    {
        await using var server = await RedisServer.StartAsync(new() { Configuration = { ["requirepass"] = value } });

        // We are in, so the password is the one that was given; and the server says so itself.
        Assert.Equal(value, (await server.ExecuteAsync("CONFIG", "GET", "requirepass")).Items[1].Text);
    }

    [Fact]
    public async Task A_directive_may_have_several_arguments_and_occur_several_times()
    {
        await using var server = await RedisServer.StartAsync(new()
        {
            Configuration =
            {
                { "maxmemory", "64mb" },
                { "maxmemory-policy", "allkeys-lru" },
                { "save", "900", "1" },
                { "save", "60", "1000" },
                { "user", "reader", "on", ">secret", "~*", "+@read" },
            },
        });

        Assert.Equal("67108864", (await server.ExecuteAsync("CONFIG", "GET", "maxmemory")).Items[1].Text);
        Assert.Equal("allkeys-lru", (await server.ExecuteAsync("CONFIG", "GET", "maxmemory-policy")).Items[1].Text);
        Assert.Equal("900 1 60 1000", (await server.ExecuteAsync("CONFIG", "GET", "save")).Items[1].Text);
        Assert.Contains("reader", (await server.ExecuteAsync("ACL", "USERS")).Items.Select(user => user.Text));
    }

    [Fact]
    public async Task Overrides_win_over_the_defaults()
    {
        var options = new RedisServerOptions { Persistence = RedisPersistence.AppendOnly, Configuration = { ["appendonly"] = "yes" } };
        options.Configuration["appendonly"] = "no";

        await using var server = await RedisServer.StartAsync(options);

        Assert.Equal("no", (await server.ExecuteAsync("CONFIG", "GET", "appendonly")).Items[1].Text);
    }

    [Fact]
    public async Task Users_of_the_tests_own_do_not_keep_it_from_starting()
    {
        await using var server = await RedisServer.StartAsync(new() { Configuration = { { "user", "default", "off" }, { "user", "admin", "on", ">secret", "~*", "+@all" } } });

        var error = await Assert.ThrowsAsync<RedisReplyException>(() => server.ExecuteAsync("PING"));
        Assert.StartsWith("NOAUTH", error.Message);
    }

    [Theory]
    [InlineData("port", "1")]
    [InlineData("Bind", "0.0.0.0")]
    [InlineData("daemonize", "yes")]
    [InlineData("save 900", "1")]
    [InlineData("maxmemory 1mb\nport", "1")]
    [InlineData("", "x")]
    public void What_would_break_the_server_is_refused(string name, string value)
    {
        Assert.Throws<ArgumentException>(() => new RedisConfiguration { [name] = value });
        Assert.Throws<ArgumentException>(() => new RedisConfiguration { { name, value } });
    }

    [Fact]
    public async Task A_bad_configuration_fails_with_the_servers_own_words()
    {
        var error = await Assert.ThrowsAsync<RedisServerStartException>(() => RedisServer.StartAsync(new() { Configuration = { ["maxmemory"] = "lots of it" } }));

        Assert.Contains("exit code 1", error.Message);
        Assert.Contains(">>> 'maxmemory \"lots of it\"'", error.Message);
        Assert.Contains("argument must be a memory value", error.Message);
        Assert.Contains("argument must be a memory value", error.Log);
    }

    [Fact]
    public async Task A_server_that_never_answers_fails_with_its_log()
    {
        var error = await Assert.ThrowsAsync<RedisServerStartException>(() => RedisServer.StartAsync(new()
        {
            StartTimeout = TimeSpan.FromMilliseconds(300),
            Configuration = { { "rename-command", "PING", "" } },
        }));

        Assert.Contains("did not answer PING", error.Message);
        Assert.Contains("Ready to accept connections", error.Message);
    }

    [Fact]
    public void A_missing_server_names_the_package_to_install()
    {
        var error = Assert.Throws<RedisServerNotFoundException>(() => Executables.FindServer(name => name == "PATH" ? "/nowhere:relative" : null));

        Assert.Contains("apt-get install redis-server", error.Message);
        Assert.Contains("dnf install valkey", error.Message);
        Assert.Contains("brew install redis", error.Message);
        Assert.Contains("REDIS_SERVER_PATH", error.Message);
    }

    [Fact]
    public void A_wrong_REDIS_SERVER_PATH_is_named()
    {
        var error = Assert.Throws<RedisServerNotFoundException>(() => Executables.FindServer(name => name == "REDIS_SERVER_PATH" ? "/nowhere/redis-server" : "/usr/bin"));

        Assert.Contains("REDIS_SERVER_PATH is '/nowhere/redis-server'", error.Message);
    }

    [Fact]
    public void The_named_server_is_preferred_then_redis_then_valkey()
    {
        var directory = Directory.CreateTempSubdirectory("typedredis-path-").FullName;
        try
        {
            var (first, second) = (Path.Combine(directory, "1"), Path.Combine(directory, "2"));
            var valkey = Program(first, "valkey-server", executable: true);
            var notExecutable = Program(first, "redis-server", executable: false);
            var redis = Program(second, "redis-server", executable: true);
            var own = Program(directory, "my-redis", executable: true);

            Assert.Equal(own, Find($"{first}:{second}", named: own));
            Assert.Equal(redis, Find($"{first}:{second}"));
            Assert.Equal(valkey, Find(first));
            Assert.Throws<RedisServerNotFoundException>(() => Find(first, named: notExecutable));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        static string Find(string path, string? named = null) => Executables.FindServer(name => name == "PATH" ? path : named);

        static string Program(string directory, string name, bool executable)
        {
            Directory.CreateDirectory(directory);
            var file = Path.Combine(directory, name);
            File.WriteAllText(file, "");
            if (executable && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            return file;
        }
    }
}
