using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.ModelBased;

/// <summary>
/// Every verb answers as a dictionary would, in any order. Several workers on keys of their own share a prefix, a further one has a prefix to itself, and they
/// run at once over two connections.
/// </summary>
public sealed class ModelBasedTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Operations = 1000;

    [Fact]
    public Task A_plain_hash() => RunAsync<Product, ProductKey>(static redis => new ProductScenario(redis));

    [Fact]
    public Task A_rich_hash_whose_expiry_slides() => RunAsync<Document, DocumentKey>(static redis => new DocumentScenario(redis));

    [Fact]
    public Task A_hash_with_a_fixed_expiry() => RunAsync<Token, TokenKey>(static redis => new TokenScenario(redis));

    [Fact]
    public Task A_hash_whose_members_may_all_be_absent() => RunAsync<Profile, ProfileKey>(static redis => new ProfileScenario(redis));

    [Fact]
    public Task A_hash_with_key_parts_only() => RunAsync<Seen, SeenKey>(static redis => new SeenScenario(redis));

    [Fact]
    public Task A_hash_that_a_counter_marks_as_present() => RunAsync<Tally, TallyKey>(static redis => new TallyScenario(redis));

    [Fact]
    public Task A_string_without_expiry() => RunAsync<Setting, SettingKey>(static redis => new SettingScenario(redis));

    [Fact]
    public Task A_string_whose_expiry_slides() => RunAsync<Session, SessionKey>(static redis => new SessionScenario(redis));

    [Fact]
    public Task A_string_with_a_fixed_expiry() => RunAsync<Ticket, TicketKey>(static redis => new TicketScenario(redis));

    [Fact]
    public Task A_hash_that_is_encrypted_and_compressed() => RunAsync<Patient, PatientKey>(static redis => new PatientScenario(redis));

    [Fact]
    public Task A_string_that_is_encrypted_and_compressed() => RunAsync<Vault, VaultKey>(static redis => new VaultScenario(redis));

    private async Task RunAsync<TEntity, TKey>(Func<RedisContext, Scenario<TEntity, TKey>> scenario)
        where TEntity : class
        where TKey : struct, IRedisKey<TKey>
    {
        using ConnectionMultiplexer other = await ServerFixture.ConnectAsync(fixture.Server);
        RedisContext shared = fixture.NewContext();
        RedisContext own = fixture.NewContext();
        ModelRun<TEntity, TKey>[] runs =
        [
            new(scenario(shared), worker: 1, alone: false, Seeds.Of(1)),
            new(scenario(new RedisContext(fixture.Connection, shared.Options)), worker: 2, alone: false, Seeds.Of(2)),
            new(scenario(new RedisContext(other, shared.Options)), worker: 3, alone: false, Seeds.Of(3)),
            new(scenario(own), worker: 1, alone: true, Seeds.Of(4)),
        ];

        await Task.WhenAll(runs.Select(run => Task.Run(() => run.RunAsync(Operations))));

        // No other key than those of the entities: no ghost, nothing left behind.
        Assert.Equal(runs[..3].SelectMany(run => run.FullKeys).Order(StringComparer.Ordinal), await fixture.Server.KeysAsync(shared.Prefix));
        Assert.Equal(runs[3].FullKeys.Order(StringComparer.Ordinal), await fixture.Server.KeysAsync(own.Prefix));
    }
}
