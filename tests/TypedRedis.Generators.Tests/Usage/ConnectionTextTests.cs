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
