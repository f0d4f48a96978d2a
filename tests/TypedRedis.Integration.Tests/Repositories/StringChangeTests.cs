using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Repositories;

/// <summary>Changes of JSON values that depend on what is stored.</summary>
public sealed class StringChangeTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly SettingKey Key = new("colour");

    private readonly RedisContext _redis = fixture.NewContext();

    [Fact]
    public async Task No_change_is_lost_of_32_writers()
    {
        var settings = new SettingRepository(_redis);
        await settings.InsertAsync(new("colour", "blue", 0));

        await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 10; i++)
                Assert.NotNull(await settings.UpdateAsync(Key, one => one with { Level = one.Level + 1 }, retries: 10_000));
        }))).EndsAsync();

        Assert.Equal(320, (await settings.GetAsync(Key))!.Level);
    }

    [Fact]
    public async Task Of_many_compare_and_sets_with_one_expectation_one_is_true()
    {
        var settings = new SettingRepository(_redis);
        for (int round = 0; round < 20; round++)
        {
            Setting before = new("colour", "before", null);
            await settings.UpsertAsync(before);

            bool[] set = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(() => settings.CompareAndSetAsync(before, new("colour", "after", i)))));

            Assert.Equal(1, set.Count(true.Equals));
            Assert.Equal(Array.IndexOf(set, true), (await settings.GetAsync(Key))!.Level);
        }
    }

    [Fact]
    public async Task Of_many_who_take_an_entity_one_gets_it()
    {
        var settings = new SettingRepository(_redis);
        for (int round = 0; round < 20; round++)
        {
            await settings.InsertAsync(Some.Setting());
            Setting?[] taken = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => Task.Run(() => settings.GetAndDeleteAsync(Key))));
            Assert.Equal([Some.Setting()], taken.OfType<Setting>());
        }
    }

    [Fact]
    public async Task The_same_JSON_in_another_form_is_as_expected()
    {
        var settings = new SettingRepository(_redis);
        string key = _redis.Full(Key);
        const string Foreign = """{ "Level": 1, "Removed": [], "Text": "bl\u0075e", "Id": "colour" }""";
        await fixture.Server.ExecuteAsync("SET", key, Foreign);

        Assert.False(await settings.CompareAndSetAsync(Some.Setting() with { Level = 2 }, Some.Setting()));
        Assert.False(await settings.CompareAndDeleteAsync(Some.Setting() with { Text = null }));
        Assert.Equal(Foreign, (await fixture.Server.ExecuteAsync("GET", key)).Text);
        Assert.True(await settings.CompareAndSetAsync((await settings.GetAsync(Key))!, Some.Setting() with { Level = 3 }));
        Assert.Equal(3, (await settings.GetAsync(Key))!.Level);

        await fixture.Server.ExecuteAsync("SET", key, Foreign);
        Assert.True(await settings.CompareAndDeleteAsync(Some.Setting()));
        Assert.False(await fixture.Server.ExistsAsync(key));
    }

    [Fact]
    public async Task Nothing_is_made_where_nothing_is()
    {
        var settings = new SettingRepository(_redis);

        Assert.False(await settings.CompareAndSetAsync(Some.Setting(), Some.Setting()));
        Assert.False(await settings.CompareAndDeleteAsync(Some.Setting()));
        Assert.Null(await settings.GetAndDeleteAsync(Key));
        Assert.Null(await settings.UpdateAsync(Key, one => throw new InvalidOperationException("It was called.")));
        await settings.InsertAsync(Some.Setting());
        Assert.Null(await settings.UpdateAsync(Key, one =>
        {
            Assert.Equal(1, fixture.Server.ExecuteAsync("DEL", _redis.Full(Key)).GetAwaiter().GetResult().Integer);
            return one with { Text = "resurrected" };
        }));

        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
    }

    [Fact]
    public async Task An_update_gives_up_after_its_retries()
    {
        var settings = new SettingRepository(_redis);
        await settings.InsertAsync(Some.Setting());
        int calls = 0;

        var error = await Assert.ThrowsAsync<RedisConcurrencyException>(() => settings.UpdateAsync(Key, one => Disturbed(one), retries: 2));

        Assert.Equal(3, calls);
        Assert.Equal(_redis.Full(Key), error.Key);
        Assert.Contains("others changed it during 3 attempts", error.Message, StringComparison.Ordinal);
        Assert.Equal("other 3", (await settings.GetAsync(Key))!.Text);

        Setting Disturbed(Setting one)
        {
            fixture.Server.ExecuteAsync("SET", _redis.Full(Key), $$"""{"Id":"colour","Text":"other {{++calls}}"}""").GetAwaiter().GetResult();
            return one with { Text = "mine" };
        }
    }

    [Fact]
    public async Task An_entity_keeps_its_key()
    {
        var settings = new SettingRepository(_redis);
        await settings.InsertAsync(Some.Setting());

        var moved = await Assert.ThrowsAsync<ArgumentException>(() => settings.UpdateAsync(Key, one => one with { Id = "size" }));
        Assert.Contains($"the key '{_redis.Prefix}setting:size', the stored one '{_redis.Prefix}setting:colour'", moved.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => settings.UpdateAsync(Key, one => null!));
        await Assert.ThrowsAsync<ArgumentException>(() => settings.CompareAndSetAsync(Some.Setting(), Some.Setting("size")));
        Assert.Equal(Some.Setting(), await settings.GetAsync(Key));
    }

    [Fact]
    public async Task What_cannot_be_read_is_an_error_and_stays()
    {
        var settings = new SettingRepository(_redis);
        string key = _redis.Full(Key);
        await fixture.Server.ExecuteAsync("SET", key, "{");

        await Assert.ThrowsAsync<RedisDecodeException>(() => settings.CompareAndSetAsync(Some.Setting(), Some.Setting()));
        await Assert.ThrowsAsync<RedisDecodeException>(() => settings.CompareAndDeleteAsync(Some.Setting()));
        await Assert.ThrowsAsync<RedisDecodeException>(() => settings.UpdateAsync(Key, one => one));

        Assert.Equal("{", (await fixture.Server.ExecuteAsync("GET", key)).Text);
    }

    [Fact]
    public async Task What_is_encrypted_is_compared_as_what_it_says()
    {
        var vaults = new VaultRepository(new RedisContext(fixture.Connection, _redis.Options with { KeyRing = new("k1", EncryptionKeyRing.NewKey()) }));
        await vaults.InsertAsync(new("v", "0"));

        Assert.False(await vaults.CompareAndSetAsync(new("v", "1"), new("v", "2")));
        Assert.True(await vaults.CompareAndSetAsync(new("v", "0"), new("v", "1")));
        Assert.Equal("1", (await vaults.GetAndSetAsync(new("v", "0")))!.Text);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 10; i++)
                await vaults.UpdateAsync("v", static vault => vault with { Text = $"{int.Parse(vault.Text, System.Globalization.CultureInfo.InvariantCulture) + 1}" }, retries: 10_000);
        }))).EndsAsync();
        Assert.DoesNotContain("\"Text\"", (await fixture.Server.ExecuteAsync("GET", _redis.Full(new VaultKey("v")))).Text, StringComparison.Ordinal);
        Assert.False(await vaults.CompareAndDeleteAsync(new("v", "79")));
        Assert.True(await vaults.CompareAndDeleteAsync(new("v", "80")));
        Assert.False(await vaults.CompareAndSetAsync(new("v", "80"), new("v", "1")));
        Assert.Empty(await fixture.Server.KeysAsync(_redis.Prefix));
    }

    [Fact]
    public async Task A_value_of_no_bytes_counts_as_one()
    {
        var settings = new SettingRepository(_redis);
        string key = _redis.Full(Key);
        await fixture.Server.ExecuteAsync("SET", key, "");

        Assert.False(await settings.InsertAsync(Some.Setting()));
        await Assert.ThrowsAsync<RedisDecodeException>(() => settings.GetAsync(Key));
        await Assert.ThrowsAsync<RedisDecodeException>(() => settings.CompareAndSetAsync(Some.Setting(), Some.Setting()));
        Assert.False(await settings.UpsertAsync(Some.Setting()));
    }
}
