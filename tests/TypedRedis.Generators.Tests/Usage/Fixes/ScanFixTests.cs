using TypedRedis.CodeFixes;

namespace TypedRedis.Generators.Tests.Usage.Fixes;

public class ScanFixTests
{
    private readonly ScanFix _fix = new();

    // Newer drivers say that an end point may be missing.
    [Fact]
    public Task Of_the_server_and_the_database_that_it_went_to() => Use.VerifyFixOfStatements(
        _fix,
        """
        var keys = (RedisKey[])db.Execute({|TR3001:"KEYS"|}, "user:*")!; // all
        string[] names = (string[])db.Execute({|TR3001:"keys"|}, id)!;
        foreach (var key in (RedisKey[])db.Execute({|TR3001:"KEYS"|}, $"user:{id}:*")!)
            Console.WriteLine(key);
        foreach (string? name in (string[]?)db.Execute({|TR3001:"KEYS"|}, "*")!)
            Console.WriteLine(name);
        var later = (RedisKey[]?)await db.ExecuteAsync({|TR3001:"KEYS"|}, "user:*").ConfigureAwait(false);
        """,
        """
        var keys = db.Multiplexer.GetServer(db.IdentifyEndpoint()!).Keys(db.Database, "user:*").Distinct().ToArray(); // all
        string[] names = db.Multiplexer.GetServer(db.IdentifyEndpoint()!).Keys(db.Database, id).Distinct().Select(static key => key.ToString()).ToArray();
        foreach (var key in db.Multiplexer.GetServer(db.IdentifyEndpoint()!).Keys(db.Database, $"user:{id}:*"))
            Console.WriteLine(key);
        foreach (string? name in db.Multiplexer.GetServer(db.IdentifyEndpoint()!).Keys(db.Database, "*").Select(static key => key.ToString()))
            Console.WriteLine(name);
        var later = db.Multiplexer.GetServer((await db.IdentifyEndpointAsync().ConfigureAwait(false))!).Keys(db.Database, "user:*").Distinct().ToArray();
        """,
        all: true);

    [Fact]
    public Task As_they_come_where_the_driver_can() => Use.VerifyFix(
        _fix,
        """
        #nullable disable
        class Users
        {
            private readonly IDatabase _db = null!;

            public async Task<int> Count()
            {
                int count = 0;
                // Each.
                foreach (var key in (RedisKey[])await this._db.ExecuteAsync({|TR3001:"KEYS"|}, "user:*"))
                {
                    count++;
                }

                return count;
            }
        }
        """,
        """
        #nullable disable
        class Users
        {
            private readonly IDatabase _db = null!;

            public async Task<int> Count()
            {
                int count = 0;
                // Each.
                await foreach (var key in this._db.Multiplexer.GetServer(await this._db.IdentifyEndpointAsync()).KeysAsync(this._db.Database, "user:*"))
                {
                    count++;
                }

                return count;
            }
        }
        """,
        isNewest: true);

    [Theory]
    [InlineData("var result = db.Execute({|TR3001:\"KEYS\"|}, id); foreach (var key in (RedisKey[])result!) { }")]
    [InlineData("var values = (RedisValue[])db.Execute({|TR3001:\"KEYS\"|}, id)!;")]
    [InlineData("var keys = (RedisKey[])db.Execute({|TR3001:\"KEYS\"|}, (RedisKey)id)!;")]
    [InlineData("var keys = (RedisKey[])db.Execute({|TR3001:\"KEYS\"|}, \"\")!;")]
    [InlineData("var keys = (RedisKey[])db.Execute({|TR3001:\"KEYS\"|}, new object[] { id }, CommandFlags.None)!;")]
    [InlineData("var keys = (RedisKey[])(await Task.FromResult(db)).Execute({|TR3001:\"KEYS\"|}, id)!;")]
    [InlineData("var keys = (RedisKey[])db.Execute({|TR3001:\"KEYS\"|}, /* all */ id)!;")]
    [InlineData("var keys = (RedisKey[])db.ScriptEvaluate({|TR3001:\"return redis.call('KEYS', ARGV[1])\"|}, null, [id])!;")]
    [InlineData("db.Execute({|TR3001:\"KEYS\"|}, id);")]
    public Task Not_where_something_else_is_done_with_the_reply(string statement) => Use.VerifyNoFixOfStatements(_fix, statement);

    [Fact]
    public Task Not_on_a_server_or_a_queue() => Use.VerifyNoFix(
        _fix,
        """
        class Users(IServer server, IBatch batch, IDatabaseAsync other)
        {
            public async Task<RedisKey[]> Servers() => (RedisKey[])await server.ExecuteAsync({|TR3001:"KEYS"|}, "*");
            public async Task<RedisKey[]> Batch() => (RedisKey[])await batch.ExecuteAsync({|TR3001:"KEYS"|}, "*");
            public async Task<RedisKey[]> Other() => (RedisKey[])await other.ExecuteAsync({|TR3001:"KEYS"|}, "*");
        }
        """);
}
