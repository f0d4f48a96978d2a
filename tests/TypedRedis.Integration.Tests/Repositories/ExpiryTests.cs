using TypedRedis.Integration.Tests.ModelBased;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Repositories;

/// <summary>The expiry after each verb, as the documentation of [Expires], the verbs and their parameters has it.</summary>
public sealed class ExpiryTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string None = "none";
    private const string Declared = "declared";
    private const string Hour = "hour";

    private static readonly TimeSpan OneHour = TimeSpan.FromHours(1);

    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public async Task Insert_sets_the_declared_expiry_the_calls_own_or_none()
    {
        var tickets = new TicketRepository(_redis);
        var tokens = new TokenRepository(_redis);
        await tickets.InsertAsync(Ticket(1));
        await tickets.InsertAsync(Ticket(2), OneHour);
        await tickets.InsertAsync(Ticket(3), Timeout.InfiniteTimeSpan);
        await tickets.InsertManyAsync([Ticket(4)]);
        await tickets.InsertManyAsync([Ticket(5)], OneHour);
        await tickets.InsertManyAsync([Ticket(6)], Timeout.InfiniteTimeSpan);
        await tokens.InsertAsync(Token(1));
        await tokens.InsertAsync(Token(2), OneHour);
        await tokens.InsertAsync(Token(3), Timeout.InfiniteTimeSpan);
        await tokens.InsertManyAsync([Token(4)]);
        await tokens.InsertManyAsync([Token(5)], OneHour);
        await tokens.InsertManyAsync([Token(6)], Timeout.InfiniteTimeSpan);

        string[] expected = [Declared, Hour, None, Declared, Hour, None];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], await OfAsync($"ticket:{i + 1}"));
            Assert.Equal(expected[i], await OfAsync($"token:{Token(i + 1).Id}"));
        }
    }

    [Fact]
    public async Task An_insert_that_finds_an_entity_leaves_its_expiry()
    {
        var tickets = new TicketRepository(_redis);
        var documents = new DocumentRepository(_redis);
        await tickets.InsertAsync(Ticket(1), OneHour);
        await documents.InsertAsync(Some.Document(), OneHour);

        Assert.False(await tickets.InsertAsync(Ticket(1)));
        Assert.False(await documents.InsertAsync(Some.Document(), Timeout.InfiniteTimeSpan));

        Assert.Equal(Hour, await OfAsync("ticket:1"));
        Assert.Equal(Hour, await OfAsync("doc:{ann}:notes"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upsert_and_update_of_a_model_with_an_expiry_set_it_anew(bool many)
    {
        var tickets = new TicketRepository(_redis);
        var tokens = new TokenRepository(_redis);
        foreach (bool update in (bool[])[false, true])
        {
            foreach (var (expiresIn, expected) in ((TimeSpan?, string)[])[(null, Declared), (OneHour, Hour), (Timeout.InfiniteTimeSpan, None), (null, Declared)])
            {
                await WriteAsync(new StringVerbs<Ticket, TicketKey, TicketString>(tickets), Ticket(1), update, many, expiresIn);
                await WriteAsync(new HashVerbs<Token, TokenKey, TokenHash>(tokens), Token(1), update, many, expiresIn);

                Assert.Equal(expected, await OfAsync("ticket:1"));
                Assert.Equal(expected, await OfAsync($"token:{Token(1).Id}"));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upsert_and_update_of_a_model_without_expiry_leave_the_keys_own(bool many)
    {
        var product = new HashVerbs<Product, ProductKey, ProductHash>(new ProductRepository(_redis));
        var profile = new HashVerbs<Profile, ProfileKey, ProfileHash>(new ProfileRepository(_redis));
        var setting = new StringVerbs<Setting, SettingKey, SettingString>(new SettingRepository(_redis));
        await product.InsertAsync(Some.Product(), null);
        await profile.InsertAsync(new Profile { Id = 1 }, null);
        await setting.InsertAsync(Some.Setting(), null);
        string[] keys = ["product:42", "profile:1", "setting:colour"];
        foreach (bool update in (bool[])[false, true])
        {
            foreach (var (expiresIn, expected) in ((TimeSpan?, string)[])[(null, None), (OneHour, Hour), (null, Hour), (Timeout.InfiniteTimeSpan, None), (null, None)])
            {
                await WriteAsync(product, Some.Product(), update, many, expiresIn);
                await WriteAsync(profile, new Profile { Id = 1, Age = 1 }, update, many, expiresIn);
                await WriteAsync(setting, Some.Setting(), update, many, expiresIn);

                foreach (string key in keys)
                    Assert.Equal(expected, await OfAsync(key));
            }
        }
    }

    public static TheoryData<string, string> Accesses => new()
    {
        { "Get", Declared },
        { "GetMany", Declared },
        { "Get projection", Declared },
        { "GetMany projection", Declared },
        { "Scan", Hour },
        { "Patch", Declared },
        { "Patch nothing", Declared },
        { "PatchMany", Declared },
        { "Increment", Declared },
        { "Increment int", Declared },
        { "Exists", Hour },
        { "ExistsMany", Hour },
        { "GetTimeToLive", Hour },
        { "ScanKeys", Hour },
        { "Insert", Hour },
        { "Increment too far", Hour },
    };

    [Theory]
    [MemberData(nameof(Accesses))]
    public async Task Accesses_start_a_sliding_expiry_anew_or_do_not(string access, string expected)
    {
        var documents = new DocumentRepository(_redis);
        DocumentKey key = new("ann", "notes");
        await documents.InsertAsync(Some.Document() with { Views = 1 }, OneHour);
        Assert.Equal(Hour, await OfAsync("doc:{ann}:notes"));

        await (access switch
        {
            "Get" => (Task)documents.GetAsync(key),
            "GetMany" => documents.GetManyAsync([key]),
            "Get projection" => documents.GetAsync<DocumentCard>(key),
            "GetMany projection" => documents.GetManyAsync<DocumentCard>([key]),
            "Scan" => documents.ScanAsync().CountAsync().AsTask(),
            "Patch" => documents.PatchAsync(key, new DocumentPatch { Title = "t" }),
            "Patch nothing" => documents.PatchAsync(key, new DocumentPatch()),
            "PatchMany" => documents.PatchManyAsync([(key, new DocumentPatch { Title = "t" })]),
            "Increment" => documents.IncrementViewsAsync(key),
            "Increment int" => documents.IncrementLikesAsync(key),
            "Exists" => documents.ExistsAsync(key),
            "ExistsMany" => documents.ExistsManyAsync([key]),
            "GetTimeToLive" => documents.GetTimeToLiveAsync(key),
            "ScanKeys" => documents.ScanKeysAsync().CountAsync().AsTask(),
            "Insert" => documents.InsertAsync(Some.Document()),
            "Increment too far" => Assert.ThrowsAsync<OverflowException>(() => documents.IncrementViewsAsync(key, long.MaxValue)),
            _ => throw new ArgumentOutOfRangeException(nameof(access)),
        });

        Assert.Equal(expected, await OfAsync("doc:{ann}:notes"));
    }

    [Theory]
    [InlineData("Get", Declared)]
    [InlineData("GetMany", Declared)]
    [InlineData("Scan", Hour)]
    [InlineData("Exists", Hour)]
    [InlineData("ExistsMany", Hour)]
    [InlineData("GetTimeToLive", Hour)]
    [InlineData("ScanKeys", Hour)]
    [InlineData("Insert", Hour)]
    public async Task Accesses_of_a_string_start_a_sliding_expiry_anew_or_do_not(string access, string expected)
    {
        var sessions = new SessionRepository(_redis);
        SessionKey key = new(7, "s1");
        await sessions.InsertAsync(Some.Session(), OneHour);

        await (access switch
        {
            "Get" => (Task)sessions.GetAsync(key),
            "GetMany" => sessions.GetManyAsync([key]),
            "Scan" => sessions.ScanAsync().CountAsync().AsTask(),
            "Exists" => sessions.ExistsAsync(key),
            "ExistsMany" => sessions.ExistsManyAsync([key]),
            "GetTimeToLive" => sessions.GetTimeToLiveAsync(key),
            "ScanKeys" => sessions.ScanKeysAsync().CountAsync().AsTask(),
            "Insert" => sessions.InsertAsync(Some.Session()),
            _ => throw new ArgumentOutOfRangeException(nameof(access)),
        });

        Assert.Equal(expected, await OfAsync("session:{7}:s1"));
    }

    [Fact]
    public async Task Accesses_of_models_that_do_not_slide_leave_the_expiry()
    {
        var tokens = new TokenRepository(_redis);
        var tickets = new TicketRepository(_redis);
        await tokens.InsertAsync(Token(1), OneHour);
        await tickets.InsertAsync(Ticket(1), OneHour);

        await tokens.GetAsync(Token(1).Id);
        await tokens.GetManyAsync([Token(1).Id]);
        await tokens.PatchAsync(Token(1).Id, new TokenPatch { Scope = "s" });
        await tokens.IncrementUsesAsync(Token(1).Id);
        await tickets.GetAsync(1);
        await tickets.GetManyAsync([1]);

        Assert.Equal(Hour, await OfAsync($"token:{Token(1).Id}"));
        Assert.Equal(Hour, await OfAsync("ticket:1"));
    }

    [Fact]
    public async Task Expire_sets_or_removes_the_expiry_of_an_entity()
    {
        var tickets = new TicketRepository(_redis);
        var profiles = new ProfileRepository(_redis);
        Assert.False(await tickets.ExpireAsync(1, OneHour));
        Assert.False(await profiles.ExpireAsync(1, OneHour));
        await tickets.InsertAsync(Ticket(1));
        await profiles.InsertAsync(new Profile { Id = 1 });

        Assert.True(await tickets.ExpireAsync(1, OneHour));
        Assert.True(await profiles.ExpireAsync(1, OneHour));
        Assert.Equal(Hour, await OfAsync("ticket:1"));
        Assert.Equal(Hour, await OfAsync("profile:1"));

        Assert.True(await tickets.ExpireAsync(1, Timeout.InfiniteTimeSpan));
        Assert.True(await profiles.ExpireAsync(1, Timeout.InfiniteTimeSpan));
        Assert.Equal(None, await OfAsync("ticket:1"));
        Assert.Equal(None, await OfAsync("profile:1"));
    }

    [Fact]
    public async Task GetTimeToLive_tells_absent_from_endless()
    {
        var profiles = new ProfileRepository(_redis);
        Assert.Null(await profiles.GetTimeToLiveAsync(1));
        await profiles.InsertAsync(new Profile { Id = 1 });
        Assert.Equal(Timeout.InfiniteTimeSpan, await profiles.GetTimeToLiveAsync(1));
        await profiles.ExpireAsync(1, OneHour);
        Assert.InRange((await profiles.GetTimeToLiveAsync(1))!.Value, OneHour / 2, OneHour);
    }

    [Fact]
    public async Task An_expired_entity_is_absent_to_every_verb()
    {
        var documents = new DocumentRepository(_redis);
        DocumentKey key = new("ann", "notes");
        await documents.InsertAsync(Some.RichDocument() with { Views = 9 }, TimeSpan.FromMilliseconds(1));
        await Bounded.BecomesTrueAsync(async () => !await documents.ExistsAsync(key));

        Assert.Null(await documents.GetAsync(key));
        Assert.Null(Assert.Single(await documents.GetManyAsync([key])));
        Assert.False(await documents.UpdateAsync(Some.Document()));
        Assert.False(await documents.PatchAsync(key, new DocumentPatch { Title = "t" }));
        Assert.False(await documents.ExpireAsync(key, OneHour));
        Assert.False(await documents.DeleteAsync(key));
        await Assert.ThrowsAsync<RedisEntityNotFoundException>(() => documents.IncrementViewsAsync(key));
        Assert.False(await fixture.Server.ExistsAsync(_redis.Full(key)));
        Assert.True(await documents.UpsertAsync(Some.Document()));
        Assert.Equal(0, (await documents.GetAsync(key))!.Views);
    }

    /// <summary>In its last millisecond a key has 0 ms left. That is not "no expiry".</summary>
    [Fact]
    public async Task An_entity_that_is_written_without_pause_still_expires()
    {
        var profiles = new ProfileRepository(_redis);
        var settings = new SettingRepository(_redis);
        var products = new ProductRepository(_redis);
        for (int i = 0; i < 50; i++)
        {
            var setting = new Setting($"s{i}", null, i);
            await profiles.InsertAsync(new Profile { Id = i }, TimeSpan.FromMilliseconds(3));
            await settings.InsertAsync(setting, TimeSpan.FromMilliseconds(3));
            await products.InsertAsync(Some.Product(i), TimeSpan.FromMilliseconds(3));
            await Bounded.BecomesTrueAsync(async () => !await UpdateManyTimesAsync(() => profiles.UpdateAsync(new Profile { Id = i, Age = i })));
            await Bounded.BecomesTrueAsync(async () => !await UpdateManyTimesAsync(() => settings.UpdateAsync(setting)));
            await Bounded.BecomesTrueAsync(async () => !await UpdateManyTimesAsync(() => products.UpdateAsync(Some.Product(i))));
        }

        static async Task<bool> UpdateManyTimesAsync(Func<Task<bool>> update)
        {
            bool there = true;
            for (int i = 0; i < 20 && there; i++)
                there = (await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => update()))).Last();
            return there;
        }
    }

    [Fact]
    public async Task Times_that_are_none_are_refused()
    {
        var tickets = new TicketRepository(_redis);
        foreach (TimeSpan bad in (TimeSpan[])[TimeSpan.Zero, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(-1), TimeSpan.MinValue])
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>("expiresIn", () => tickets.InsertAsync(Ticket(1), bad));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>("expiresIn", () => tickets.UpsertManyAsync([Ticket(1)], bad));
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>("expiresIn", () => tickets.ExpireAsync(1, bad));
        }

        Assert.False(await tickets.ExistsAsync(1));
        Assert.True(await tickets.InsertAsync(Ticket(1), TimeSpan.MaxValue));
        Assert.True((await tickets.GetTimeToLiveAsync(1))!.Value > TimeSpan.FromDays(10_000_000));
    }

    private static Ticket Ticket(int id) => new(id, "s", Stage.Draft);

    private static Token Token(int id) => new() { Id = new Guid(id, 0, 0, new byte[8]), Subject = "s" };

    private static async Task WriteAsync<TEntity, TKey>(IVerbs<TEntity, TKey> verbs, TEntity entity, bool update, bool many, TimeSpan? expiresIn)
        where TEntity : class
        where TKey : struct, IRedisKey<TKey>
    {
        if (many)
            await (update ? verbs.UpdateManyAsync([entity], expiresIn) : verbs.UpsertManyAsync([entity], expiresIn));
        else
            await (update ? verbs.UpdateAsync(entity, expiresIn) : verbs.UpsertAsync(entity, expiresIn));
    }

    /// <summary>Which of the expiries of this class a key has. They are so far apart that the time of a test does not matter.</summary>
    private async Task<string> OfAsync(string key)
    {
        var left = await fixture.Server.TimeToLiveAsync(_redis.Prefix + key);
        return left switch
        {
            -2 => "absent",
            -1 => None,
            _ when left > TimeSpan.FromDays(9).TotalMilliseconds && left <= TimeSpan.FromDays(10).TotalMilliseconds => Declared,
            _ when left > OneHour.TotalMilliseconds / 2 && left <= OneHour.TotalMilliseconds => Hour,
            _ => $"{left} ms",
        };
    }
}
