using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using TypedRedis.Hosting;
using TypedRedis.Integration.Tests.Models;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Hosting;

/// <summary>What <c>AddTypedRedis</c> registers, and when it is opened and closed.</summary>
public sealed class RegistrationTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Secret = "hunter2secret";

    private string Address => fixture.Server.ConnectionString;

    [Fact]
    public async Task Stores_work_and_the_connection_ends_with_the_host()
    {
        string prefix = ServerFixture.NewPrefix();
        var log = new LogLines();
        IHost host = await Hosted.StartAsync(
            services => services.AddTypedRedis(options =>
            {
                options.ConnectionString = Address;
                options.Prefix = prefix;
            }).Services.AddTypedRedisStores(),
            log);
        RedisContext root = host.Services.GetRequiredService<RedisContext>();
        IConnectionMultiplexer connection = root.Connection;
        await using (AsyncServiceScope scope = host.Services.CreateAsyncScope())
        {
            Assert.True(await scope.ServiceProvider.GetRequiredService<ProductRepository>().InsertAsync(Some.Product()));
            Assert.Same(root, scope.ServiceProvider.GetRequiredService<RedisContext>());
        }

        Assert.Same(root, host.Services.GetRequiredKeyedService<RedisContext>(TypedRedisServices.RootContext));
        Assert.True(await fixture.Server.ExistsAsync(prefix + $"product:{Some.Product().Id}"));
        Assert.True(connection.IsConnected);
        await host.StopAsync();
        await ((IAsyncDisposable)host).DisposeAsync();
        Assert.False(connection.IsConnected);
        Assert.Contains($"Connected to Redis at {Address}", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_connection_can_be_asked_for_and_is_disposed_once_all_the_same()
    {
        IHost host = await Hosted.StartAsync(services => services.AddTypedRedis(Address));
        IConnectionMultiplexer connection = host.Services.GetRequiredService<IConnectionMultiplexer>();
        Assert.Same(connection, host.Services.GetRequiredService<RedisContext>().Connection);
        host.Dispose();
        Assert.False(connection.IsConnected);
    }

    [Fact]
    public async Task A_section_sets_everything()
    {
        using IHost host = await Hosted.StartAsync(services => services.AddTypedRedis(Hosted.Section(
            ("connectionstring", Address), ("Prefix", "bound"), ("Database", "3"), ("OperationTimeout", "00:01:00"), ("ConnectTimeout", "00:00:12.5"), ("Password", null))));
        RedisContext redis = host.Services.GetRequiredService<RedisContext>();
        Assert.Equal(("bound:", 3, TimeSpan.FromMinutes(1)), (redis.Prefix, redis.Database.Database, redis.Options.OperationTimeout));
        Assert.Contains("connectTimeout=12500", redis.Connection.Configuration, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Cache:Redis:ConnectionString is missing. Set it to the address")]
    [InlineData("Cache:Redis:ConnectionString is missing.", "ConnectionString", " ")]
    [InlineData("Cache:Redis:ConnectionString cannot be read: item 2 of 3, \"passwort=…\", is no option", "ConnectionString", "localhost,passwort=hunter2secret,ssl=true")]
    [InlineData("item 3 of 3, behind the password. A password that has a comma in it must be set apart", "ConnectionString", "localhost,password=a,hunter2secret=1")]
    [InlineData("item 2 of 2, \"ssl=…\", is no option of this version of the driver, or its value", "ConnectionString", "localhost,ssl=hunter2secret")]
    [InlineData("item 1 of 1 is no address.", "ConnectionString", "localhost:99999")]
    [InlineData("Cache:Redis:ConnectionString is a URI", "ConnectionString", "redis://user:hunter2secret@localhost:6379")]
    [InlineData("Cache:Redis:ConnectionString has no address that can be read.", "ConnectionString", "password=hunter2secret")]
    [InlineData("Cache:Redis:Conection is no setting of TypedRedis. There are ConnectionString, Password,", "Conection", "hunter2secret")]
    [InlineData("Cache:Redis:Retries is no setting of TypedRedis.", "Retries:Most", "3")]
    [InlineData("Cache:Redis:Prefix has settings below it; it must be a single value.", "Prefix:0", "a")]
    [InlineData("Cache:Redis:Prefix: The prefix \"a{b\" has a brace at position 1.", "Prefix", "a{b")]
    [InlineData("Cache:Redis:Database is \"one\"; it must be the number of a database, such as 0", "Database", "one")]
    [InlineData("Cache:Redis:Database is -2.", "Database", "-2")]
    [InlineData("Cache:Redis:OperationTimeout is \"5s\"; it must be a time in hours, minutes and seconds, such as 00:00:05", "OperationTimeout", "5s")]
    [InlineData("Cache:Redis:OperationTimeout is 5.00:00:00. The operation timeout must be more than zero and at most a day, or Timeout.InfiniteTimeSpan. Five seconds are 00:00:05.", "OperationTimeout", "5")]
    [InlineData("Cache:Redis:ConnectTimeout is 5.00:00:00; it must be at least a millisecond and at most a day.", "ConnectTimeout", "5")]
    public async Task A_wrong_setting_is_an_error_at_start_that_names_it(string expected, params string[] setting)
    {
        var log = new LogLines();
        using IHost host = Hosted.Build(
            services => services.AddTypedRedis(setting is [var key, var value] ? Hosted.Section((key, value)) : Hosted.Section()), log);
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync().EndsAsync());
        Assert.Contains(error.Failures, failure => failure.Contains(expected, StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, error.ToString() + log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once()
    {
        using IHost host = Hosted.Build(services => services.AddTypedRedis(Hosted.Section(("ConnectionString", "redis://x"), ("Databse", "1"), ("Database", "x"), ("Prefix", "{"))));
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync().EndsAsync());
        Assert.Equal(4, error.Failures.Count());
    }

    [Fact]
    public async Task A_wrong_option_in_code_is_named_as_there()
    {
        using IHost host = Hosted.Build(services => services.AddTypedRedis(options =>
        {
            options.ConnectionString = "localhost";
            options.Connection = new ConfigurationOptions();
            options.Database = -7;
        }));
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync().EndsAsync());
        Assert.Contains("TypedRedisOptions.ConnectionString and TypedRedisOptions.Connection are both set.", error.Message, StringComparison.Ordinal);
        Assert.Contains("TypedRedisOptions.Database is -7.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_configuration_is_no_section()
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager { ["Logging:LogLevel:Default"] = "Debug", ["ConnectionString"] = "localhost" };
        using IHost host = Hosted.Build(services => services.AddTypedRedis(configuration));
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync().EndsAsync());
        Assert.Contains("Pass a section, such as configuration.GetSection(\"Redis\")", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_server_the_start_fails_and_the_log_says_where_without_the_password()
    {
        await using RedisServer gone = await RedisServer.StartAsync();
        await gone.KillAsync();
        var log = new LogLines();
        using IHost host = Hosted.Build(services => services.AddTypedRedis($"{gone.ConnectionString},connectTimeout=1000,connectRetry=1,password={Secret}"), log);
        await Assert.ThrowsAsync<RedisConnectionException>(() => host.StartAsync().EndsAsync());
        Assert.Contains($"No connection to Redis at {gone.ConnectionString}.", log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_abortConnect_false_the_host_starts_without_and_the_server_may_come_later()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await server.StopAsync();
        var log = new LogLines();
        using IHost host = await Hosted.StartAsync(
            services => services.AddTypedRedis($"{server.ConnectionString},abortConnect=false,connectTimeout=1000,connectRetry=1,password={Secret}"), log);
        RedisContext redis = host.Services.GetRequiredService<RedisContext>();
        Assert.False(redis.Connection.IsConnected);
        Assert.Contains($"No Redis server answers at {server.ConnectionString}. The application goes on without", log.Text, StringComparison.Ordinal);

        await server.RestartAsync();
        await Bounded.SucceedsAsync(() => redis.Database.PingAsync());
        Assert.DoesNotContain(Secret, log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_may_stand_apart_and_have_a_comma_in_it()
    {
        await using RedisServer server = await RedisServer.StartAsync(new RedisServerOptions { Configuration = { ["requirepass"] = "a,b=c" } });
        using IHost host = await Hosted.StartAsync(services => services.AddTypedRedis(Hosted.Section(("ConnectionString", $"127.0.0.1:{server.Port}"), ("Password", "a,b=c"))));
        await host.Services.GetRequiredService<RedisContext>().Database.PingAsync();
    }

    [Fact]
    public async Task Outside_of_a_host_the_first_who_asks_opens_the_connection_and_after_a_failure_the_next_one()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await server.StopAsync();
        var services = new ServiceCollection();
        services.AddTypedRedis($"{server.ConnectionString},connectTimeout=1000,connectRetry=1");
        await using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Throws<RedisConnectionException>(() => provider.GetRequiredService<RedisContext>());

        await server.RestartAsync();
        await provider.GetRequiredService<RedisContext>().Database.PingAsync();
    }

    [Fact]
    public async Task A_hosted_service_may_take_the_context_in_its_constructor()
    {
        using IHost host = await Hosted.StartAsync(services =>
        {
            services.AddHostedService<Seeder>();
            services.AddTypedRedis(Address);
        });
        Assert.True(host.Services.GetServices<IHostedService>().OfType<Seeder>().Single().Done);
    }

    [Fact]
    public async Task A_registered_connection_is_used_and_left_open()
    {
        using ConnectionMultiplexer connection = await ServerFixture.ConnectAsync(fixture.Server);
        using (IHost host = await Hosted.StartAsync(services =>
        {
            services.AddSingleton<IConnectionMultiplexer>(connection);
            services.Configure<TypedRedisOptions>(options => options.Prefix = "own");
            services.AddTypedRedis();
        }))
        {
            RedisContext redis = host.Services.GetRequiredService<RedisContext>();
            Assert.Same(connection, redis.Connection);
            Assert.Equal("own:", redis.Prefix);
        }

        Assert.True(connection.IsConnected);
        await connection.GetDatabase().PingAsync();
    }

    [Fact]
    public async Task Without_a_registered_connection_the_start_fails()
    {
        // The connection of an earlier call goes with that call.
        using IHost host = Hosted.Build(services => services.AddTypedRedis().Services.AddTypedRedis(Address).Services.AddTypedRedis());
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync().EndsAsync());
        Assert.Contains("TypedRedisOptions.ConnectionString is set, but AddTypedRedis() without an argument uses the IConnectionMultiplexer that is registered.", error.Message, StringComparison.Ordinal);

        using IHost none = Hosted.Build(services => services.AddTypedRedis());
        var missing = await Assert.ThrowsAsync<InvalidOperationException>(() => none.StartAsync().EndsAsync());
        Assert.Contains("there is none. Register one, or pass a connection string", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_set_later_counts()
    {
        using IHost host = await Hosted.StartAsync(services =>
        {
            services.AddTypedRedis("no.such.server:1");
            services.AddTypedRedis(Address);
        });
        Assert.Single(host.Services.GetServices<RedisContext>());
        await host.Services.GetRequiredService<RedisContext>().Database.PingAsync();
    }

    [Fact]
    public void Every_option_of_a_context_can_be_set()
    {
        var known = typeof(TypedRedisOptions).GetProperties().ToDictionary(property => property.Name, property => property.PropertyType);
        Assert.All(typeof(RedisContextOptions).GetProperties(), property => Assert.Equal(property.PropertyType, known.GetValueOrDefault(property.Name)));
    }

    [Fact]
    public async Task Options_of_objects_reach_the_context()
    {
        var ring = new EncryptionKeyRing("test", EncryptionKeyRing.NewKey());
        var json = new System.Text.Json.JsonSerializerOptions();
        var clock = new Clock();
        var configuration = ConfigurationOptions.Parse(Address);
        using IHost host = await Hosted.StartAsync(services =>
        {
            services.AddSingleton<TimeProvider>(clock);
            services.AddTypedRedis(options =>
            {
                options.Connection = configuration;
                options.ConnectTimeout = TimeSpan.FromSeconds(20);
                options.KeyRing = ring;
                options.JsonSerializerOptions = json;
            });
        });
        RedisContextOptions options = host.Services.GetRequiredService<RedisContext>().Options;
        Assert.Same(ring, options.KeyRing);
        Assert.Same(json, options.JsonSerializerOptions);
        Assert.Same(clock, options.TimeProvider);
        Assert.NotEqual(20_000, configuration.ConnectTimeout);
    }

    private sealed class Clock : TimeProvider;

    private sealed class Seeder(RedisContext redis) : IHostedService
    {
        public bool Done { get; private set; }

        public async Task StartAsync(CancellationToken cancellationToken)
        {
            await redis.Database.PingAsync();
            Done = true;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
