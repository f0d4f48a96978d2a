namespace TypedRedis.Generators.Tests.Usage;

public class ConnectionTextTests
{
    private static Task Verify(string members) => Use.Verify($$"""
        class Connections
        {
            private static readonly ConnectionMultiplexer One = {{members}};
        }
        """);

    [Theory]
    [InlineData("{|TR5001:\"redis,password=hunter2\"|}")]
    [InlineData("Environment.GetEnvironmentVariable(\"REDIS\") ?? {|TR5001:\"redis:6379,password=hunter2\"|}")]
    [InlineData("{|TR5002:\"localhost,allowAdmin=true\"|}")]
    [InlineData("{|TR5003:\"cache.example.com:6379\"|}")]
    [InlineData("{|TR5003:\"10.0.0.7\"|}")]
    [InlineData("{|TR5003:\"cache.example.com:6380,ssl=false\"|}")]
    [InlineData("{|TR5003:\"localhost,cache.example.com\"|}")]
    [InlineData("{|TR5003:\"[2001:db8::7]:6379\"|}")]
    [InlineData("{|TR5001:{|TR5002:{|TR5003:\"cache.example.com,allowAdmin=TRUE,password=hunter2\"|}|}|}")]
    public Task Wrong(string text) => Verify($"ConnectionMultiplexer.Connect({text})");

    [Theory]
    [InlineData("\"localhost\"")]
    [InlineData("\"localhost:6379,password=dev\"")]
    [InlineData("\"redis:6379,password=<password>\"")]
    [InlineData("\"redis:6379,password=your-password\"")]
    [InlineData("\"redis:6379,password=***\"")]
    [InlineData("\"redis:6379,allowAdmin=false\"")]
    [InlineData("\"cache.example.com:6380,ssl=true\"")]
    [InlineData("\"redis.default.svc.cluster.local:6379\"")]
    [InlineData("\"127.0.0.1:6379,abortConnect=false\"")]
    [InlineData("\"[::1]:6379\"")]
    [InlineData("\"\"")]
    [InlineData("Environment.GetEnvironmentVariable(\"REDIS\") ?? \"localhost\"")]
    [InlineData("Environment.GetEnvironmentVariable(\"REDIS\")!")]
    [InlineData("\"redis:6379,name=allowAdmin=true\"")]
    [InlineData("\"redis:6379,allowAdmin=\"")]
    [InlineData("\"redis,allowAdminister=true\"")]
    [InlineData("\"cache.example.com:6380, ssl = true\"")]
    [InlineData("\"cache.example.com:6380,SSL=True,sslHost=cache.example.com\"")]
    [InlineData("\"shop.redis.cache.windows.net:6380\"")]
    [InlineData("\"cache.internal:6379\"")]
    [InlineData("\"127.0.0.2\"")]
    [InlineData("\"/var/run/redis.sock\"")]
    [InlineData("\"unix:/var/run/redis.sock\"")]
    [InlineData("\"!/var/run/redis.sock\"")]
    [InlineData("\"abortConnect=false,connectTimeout=5000\"")]
    public Task Right(string text) => Verify($"ConnectionMultiplexer.Connect({text})");

    [Fact]
    public Task Options() => Use.Verify("""
        class Connections
        {
            public ConfigurationOptions Make(string secret, bool isTool)
            {
                var parsed = ConfigurationOptions.Parse({|TR5001:"redis:6379,password=hunter2"|});
                parsed.Password = secret;
                parsed.AllowAdmin = isTool;
                parsed.Password = "";
                return new ConfigurationOptions { Password = {|TR5001:"hunter2"|}, {|TR5002:AllowAdmin = true|} };
            }

            public void Other(Settings settings)
            {
                settings.Password = "hunter2";
                settings.AllowAdmin = true;
            }
        }

        class Settings { public string? Password { get; set; } public bool AllowAdmin { get; set; } }
        """);

    [Fact]
    public Task End_points_without_TLS() => Use.Verify("""
        class Connections
        {
            public ConfigurationOptions Make() => new() { EndPoints = { {|TR5003:"cache.example.com:6379"|}, "localhost", { {|TR5003:"10.0.0.7"|}, 6379 } } };

            public ConfigurationOptions Off() => new ConfigurationOptions { Ssl = false, EndPoints = { {|TR5003:"cache.example.com"|} } };

            public ConnectionMultiplexer Connect(string text)
            {
                var options = new ConfigurationOptions { AbortOnConnectFail = false };
                options.EndPoints.Add({|TR5003:"cache.example.com"|});
                options.EndPoints.Add({|TR5003:"cache.example.com"|}, 6379);
                options.EndPoints.Add("redis", 6379);
                options.EndPoints.Add(text);
                options.Ssl = false;
                var parsed = ConfigurationOptions.Parse({|TR5003:"cache.example.com:6379"|});
                parsed.ClientName = "shop";
                return ConnectionMultiplexer.Connect(options);
            }
        }
        """);

    [Fact]
    public Task End_points_with_TLS_and_those_that_it_may_be_given() => Use.Verify("""
        class Connections(bool secure)
        {
            private readonly ConfigurationOptions _options = new() { EndPoints = { "cache.example.com:6380" }, Ssl = true };

            public ConfigurationOptions Make() => new() { Ssl = secure, EndPoints = { "cache.example.com:6379", "shop.redis.cache.windows.net" } };

            public ConfigurationOptions Near() => new() { EndPoints = { "localhost:6379", { "127.0.0.1", 6379 }, { "shop.redis.cache.windows.net", 6380 }, "redis.default.svc.cluster.local" } };

            public void Connect(ConfigurationOptions given, Others others)
            {
                var options = new ConfigurationOptions();
                options.EndPoints.Add("cache.example.com");
                options.Ssl = true;
                var filled = new ConfigurationOptions { EndPoints = { "cache.example.com" } };
                filled.Ssl = secure;
                var passed = new ConfigurationOptions { EndPoints = { "cache.example.com" } };
                Secure(passed);
                var parsed = ConfigurationOptions.Parse("cache.example.com:6380");
                parsed.Ssl = true;
                given.EndPoints.Add("cache.example.com");
                _options.EndPoints.Add("cache.example.com");
                others.EndPoints.Add("cache.example.com");
            }

            private static void Secure(ConfigurationOptions options) => options.Ssl = true;
        }

        class Others { public List<string> EndPoints { get; } = []; }
        """);

    [Fact]
    public Task Rights_that_are_decided_elsewhere() => Use.Verify("""
        class Connections
        {
            private const bool IsTool = false;

            public ConfigurationOptions Make(string text, bool isTool, ConfigurationOptions given)
            {
                given.AllowAdmin = isTool;
                given.AllowAdmin = false;
                given.AllowAdmin = IsTool;
                bool reads = given.AllowAdmin;
                given.Password = Environment.GetEnvironmentVariable("REDIS_PASSWORD");
                given.Password = "<password>";
                given.Password = null;
                return reads ? ConfigurationOptions.Parse(text) : ConfigurationOptions.Parse(text + ",allowAdmin=true");
            }
        }
        """);

    [Fact]
    public Task Options_of_the_distributed_cache() => Use.Verify("""
        class RedisCacheOptions { public string? Configuration { get; set; } }
        class Others { public string? Configuration { get; set; } }

        class Start
        {
            public void Configure(RedisCacheOptions options, Others others, string given)
            {
                options.Configuration = {|TR5001:"redis:6379,password=hunter2"|};
                options.Configuration = given ?? {|TR5003:"cache.example.com:6379"|};
                options.Configuration = "localhost";
                others.Configuration = "cache.example.com:6379,password=hunter2";
            }
        }
        """);
}
