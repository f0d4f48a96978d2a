namespace TypedRedis.Generators.Tests.Usage;

public class ConnectionPerCallTests
{
    private const string Web = """
        namespace Microsoft.AspNetCore.Mvc { public class ControllerBase { } }

        """;

    [Fact]
    public Task Opened_and_closed() => Use.Verify("""
        class Users
        {
            public async Task<string?> Name(string id)
            {
                using var redis = await ConnectionMultiplexer.{|TR3004:ConnectAsync|}("localhost");
                return await redis.GetDatabase().StringGetAsync(id);
            }

            public string? NameNow(string id)
            {
                using (var redis = ConnectionMultiplexer.{|TR3004:Connect|}("localhost"))
                {
                    return redis.GetDatabase().StringGet(id);
                }
            }
        }
        """);

    [Fact]
    public Task Opened_and_forgotten() => Use.Verify("""
        class Users
        {
            public string? Name(string id)
            {
                var redis = ConnectionMultiplexer.{|TR3004:Connect|}("localhost");
                return redis.GetDatabase().StringGet(id);
            }
        }
        """);

    [Fact]
    public Task A_property_without_a_memory() => Use.Verify("""
        class Users
        {
            public ConnectionMultiplexer Redis => ConnectionMultiplexer.{|TR3004:Connect|}("localhost");
            public IDatabase Db { get { return ConnectionMultiplexer.{|TR3004:Connect|}("localhost").GetDatabase(); } }
        }
        """);

    [Fact]
    public Task For_every_request() => Use.Verify(Web + """
        namespace Shop
        {
            class Users : Microsoft.AspNetCore.Mvc.ControllerBase
            {
                private readonly ConnectionMultiplexer _redis;
                public Users() => _redis = ConnectionMultiplexer.{|TR3004:Connect|}("localhost");
            }
        }
        """);

    [Fact]
    public Task For_every_scope() => Use.Verify("""
        class Services
        {
            public void AddScoped<T>(Func<object, T> make) { }
            public void AddSingleton<T>(Func<object, T> make) { }

            public void Add()
            {
                AddScoped<IConnectionMultiplexer>(_ => ConnectionMultiplexer.{|TR3004:Connect|}("localhost"));
                AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect("localhost"));
            }
        }
        """);

    [Fact]
    public Task Kept() => Use.Verify("""
        class Shared
        {
            private static readonly Lazy<ConnectionMultiplexer> Made = new(() => ConnectionMultiplexer.Connect("localhost"));
            private static readonly ConnectionMultiplexer One = ConnectionMultiplexer.Connect("localhost");
            private ConnectionMultiplexer? _redis;

            public static ConnectionMultiplexer Other { get; } = ConnectionMultiplexer.Connect("localhost");
            public ConnectionMultiplexer Redis => _redis ??= ConnectionMultiplexer.Connect("localhost");
            public ConnectionMultiplexer Old { get { if (_redis == null) _redis = ConnectionMultiplexer.Connect("localhost"); return _redis; } }

            public Shared() => _redis = ConnectionMultiplexer.Connect("localhost");
            public void Open() => _redis = ConnectionMultiplexer.Connect("localhost");
            public ConnectionMultiplexer Make() => ConnectionMultiplexer.Connect("localhost");

            public void Start(Action<IConnectionMultiplexer> use)
            {
                var redis = ConnectionMultiplexer.Connect("localhost");
                use(redis);
            }

            public IDatabase OpenDatabase()
            {
                var redis = ConnectionMultiplexer.Connect("localhost");
                return redis.GetDatabase();
            }
        }
        """);
}
