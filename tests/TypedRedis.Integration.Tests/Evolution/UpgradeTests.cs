using StackExchange.Redis;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Evolution;

/// <summary>Every verb on entities of older versions, of which no field is one of the present version.</summary>
public sealed partial class UpgradeTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = fixture.NewContext();

    private static Person Ann { get; } = new() { Id = 1, First = "Ann", Last = "Lee", ActiveSeconds = 120, Mail = "ann@example.com", Logins = 5 };

    private PersonRepository People => new(_redis);

    private Task WriteOldAsync(int id = 1) => WriteAsync($"person:{id}", ("name", "Ann Lee"), ("active_minutes", "2"), ("email", "ann@example.com"), ("visits", "5"), ("plugin", "kept"));

    private Task WriteAsync(string key, params (string Name, string Value)[] fields)
        => _redis.Database.HashSetAsync(key, Array.ConvertAll(fields, field => new HashEntry(field.Name, field.Value)));

    // Past the driver, one of whose threads runs the upgrade.
    private void Meanwhile(string command)
    {
        string[] words = command.Split(' ');
        RacedUpgrade.Next(() => Task.Run(() => fixture.Server.ExecuteAsync([words[0], _redis.Prefix + "raced:1", .. words[1..]])).Wait());
    }

    private Task<SortedDictionary<string, string>> StoredAsync(string key = "person:1") => fixture.Server.HashAsync(_redis.Prefix + key);

    private async Task IsStoredAsync(params (string Name, string Value)[] fields)
        => Assert.Equal(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)).OrderBy(field => field.Key, StringComparer.Ordinal), await StoredAsync());

    private Task IsUpgradedAsync(string mail = "ann@example.com", string logins = "5") => IsStoredAsync(
        ("_v", "3"), ("active_seconds", "120"), ("first", "Ann"), ("last", "Lee"), ("logins", logins), ("mail", mail), ("plugin", "kept"));

    [Fact]
    public async Task Reads_upgrade_in_memory_and_leave_what_is_stored()
    {
        await WriteOldAsync();
        var before = await StoredAsync();
        Assert.Equal(Ann, await People.GetAsync(1));
        Assert.Equal(new[] { null, Ann, Ann }, await People.GetManyAsync([2, 1, 1]));
        Assert.Equal(new PersonName(1, "Lee"), await People.GetAsync<PersonName>(1));
        Assert.Equal(new[] { new PersonName(1, "Lee"), null }, await People.GetManyAsync<PersonName>([new(1), new(2)]));
        Assert.Equal([Ann], await People.ScanAsync().ToListAsync());
        Assert.True(await People.ExistsAsync(1));
        Assert.Equal(new[] { true, false }, await People.ExistsManyAsync([new(1), new(2)]));
        Assert.Equal(Timeout.InfiniteTimeSpan, await People.GetTimeToLiveAsync(1));
        Assert.Null(await People.GetTimeToLiveAsync(2));
        Assert.Null(await People.GetAsync(2));
        Assert.Equal(before, await StoredAsync());
    }

    [LuaScript("return redis.call('HGETALL', person)")]
    private static partial Task<Person?> ReadAsync(RedisContext redis, PersonKey person);

    [Fact]
    public async Task Replies_of_scripts_are_upgraded()
    {
        await WriteOldAsync();
        Assert.Equal(Ann, await ReadAsync(_redis, new(1)));
        await People.InsertAsync(Ann with { Id = 2 });
        Assert.Equal(Ann with { Id = 2 }, await ReadAsync(_redis, new(2)));
        Assert.Null(await ReadAsync(_redis, new(3)));
        await WriteAsync("person:3", ("_v", "4"), ("first", "x"));
        await Assert.ThrowsAsync<RedisSchemaVersionException>(() => ReadAsync(_redis, new(3)));
    }

    [Fact]
    public async Task The_second_version_takes_the_second_step_alone()
    {
        await WriteAsync("person:1", ("_v", "2"), ("first", "Ann"), ("last", "Lee"), ("active_minutes", "2"), ("e_mail", "ann@example.com"), ("logins", "5"));
        Assert.Equal(Ann, await People.GetAsync(1));
        Assert.True(await People.PatchAsync(1, new PersonPatch { Language = "de" }));
        await IsStoredAsync(("_v", "3"), ("active_seconds", "120"), ("first", "Ann"), ("language", "de"), ("last", "Lee"), ("logins", "5"), ("mail", "ann@example.com"));
    }

    [Fact]
    public async Task Every_change_upgrades_what_it_could_take_for_the_present_form()
    {
        foreach (Func<Task> change in new Func<Task>[]
        {
            () => People.PatchAsync(1, new PersonPatch { Language = "en" }),
            () => People.PatchManyAsync([(new(1), new PersonPatch { Language = "en" })]),
            () => People.PatchWhenAsync(1, new PersonPatch { Mail = "ann@example.com" }, new PersonPatch { Language = "en" }),
            () => People.CompareAndSetMailAsync(1, "ann@example.com", "ann@example.com"),
            () => People.GetAndSetMailAsync(1, "ann@example.com"),
            () => People.IncrementLoginsAsync(1, 0),
            () => People.UpdateAsync(1, person => person with { Language = "de" }),
            () => People.UpdateAsync(Ann with { Logins = 0 }),
            () => People.UpsertAsync(Ann with { Logins = 0 }),
            () => People.UpsertManyAsync([Ann with { Logins = 0 }]),
            () => People.UpdateManyAsync([Ann with { Logins = 0 }]),
            () => People.UpgradeAllAsync(),
        })
        {
            await _redis.Database.KeyDeleteAsync("person:1");
            await WriteAsync("person:1", ("_v", "2"), ("first", "Ann"), ("last", "Lee"), ("active_minutes", "2"), ("email", "ann@example.com"), ("visits", "5"));
            Assert.Equal(Ann, await People.GetAsync(1));
            await change();
            var stored = await StoredAsync();
            Assert.Equal(("3", "120", "5"), (stored["_v"], stored["active_seconds"], stored["logins"]));
            Assert.Equal(Ann.Mail, (await People.GetAsync(1))!.Mail);
            Assert.DoesNotContain("active_minutes", stored.Keys);
            Assert.DoesNotContain("email", stored.Keys);
        }
    }

    [Fact]
    public async Task A_patch_upgrades_first()
    {
        await WriteOldAsync();
        Assert.True(await People.PatchAsync(1, new PersonPatch { Mail = "new@example.com" }));
        await IsUpgradedAsync(mail: "new@example.com");
        Assert.False(await People.PatchAsync(2, new PersonPatch { Mail = "x" }));
        Assert.False(await _redis.Database.KeyExistsAsync("person:2"));
    }

    [Fact]
    public async Task A_patch_of_nothing_answers_whether_there_is_one()
    {
        await WriteOldAsync();
        Assert.True(await People.PatchAsync(1, new PersonPatch()));
        Assert.False(await People.PatchAsync(2, new PersonPatch()));
    }

    [Fact]
    public async Task Patches_of_many_upgrade_those_that_are_older()
    {
        await WriteOldAsync();
        await People.InsertAsync(Ann with { Id = 2 });
        var patch = new PersonPatch { Mail = "m@example.com" };
        Assert.Equal(new[] { true, true, false }, await People.PatchManyAsync([(new(1), patch), (new(2), patch), (new(3), patch)]));
        await IsUpgradedAsync(mail: "m@example.com");
        Assert.Equal("m@example.com", (await People.GetAsync(2))!.Mail);
    }

    [Fact]
    public async Task A_counter_counts_on_under_its_new_name()
    {
        await WriteOldAsync();
        Assert.Equal(7, await People.IncrementLoginsAsync(1, 2));
        Assert.Null(await People.TryIncrementLoginsAsync(1, -8));
        await IsUpgradedAsync(logins: "7");
        await Assert.ThrowsAsync<RedisEntityNotFoundException>(() => People.IncrementLoginsAsync(2));
    }

    [Fact]
    public async Task Conditions_see_the_present_form()
    {
        await WriteOldAsync();
        Assert.Equal(PatchResult.ConditionFailed, await People.PatchWhenAsync(1, new PersonPatch { First = "Bob" }, new PersonPatch { Mail = null }));
        Assert.Equal(PatchResult.Applied, await People.PatchWhenAsync(1, new PersonPatch { First = "Ann", Mail = "ann@example.com" }, new PersonPatch { Mail = "a" }));
        await IsUpgradedAsync(mail: "a");
        await WriteOldAsync(2);
        Assert.True(await People.CompareAndSetMailAsync(2, "ann@example.com", "b"));
        await WriteOldAsync(3);
        Assert.Equal("ann@example.com", await People.GetAndSetMailAsync(3, "c"));
        Assert.Equal(PatchResult.NotFound, await People.PatchWhenAsync(4, new PersonPatch { First = "Ann" }, new PersonPatch { Mail = "a" }));
    }

    [Fact]
    public async Task An_update_of_what_was_read_upgrades_first()
    {
        await WriteOldAsync();
        Person after = (await People.UpdateAsync(1, person => person with { First = "Anna" }))!;
        Assert.Equal(Ann with { First = "Anna" }, after);
        Assert.Equal(after, await People.GetAsync(1));
        Assert.Equal("3", (await StoredAsync())["_v"]);
        Assert.Null(await People.UpdateAsync(2, person => person));
    }

    [Fact]
    public async Task Whole_writes_see_the_entity_that_is_there()
    {
        await WriteOldAsync();
        Assert.False(await People.InsertAsync(Ann));
        Assert.False(await People.UpsertAsync(Ann with { Mail = null, Logins = 0 }));       // counters keep their value, also that of a former name
        Assert.Equal(Ann with { Mail = null }, await People.GetAsync(1));
        await WriteOldAsync(2);
        Assert.True(await People.UpdateAsync(Ann with { Id = 2, Last = "Ng" }));
        Assert.Equal(Ann with { Id = 2, Last = "Ng" }, await People.GetAsync(2));
        Assert.False(await People.UpdateAsync(Ann with { Id = 3 }));
        Assert.True(await People.UpsertAsync(Ann with { Id = 4 }));
        Assert.True(await People.InsertAsync(Ann with { Id = 5 }));
        Assert.Equal("3", (await StoredAsync("person:5"))["_v"]);
    }

    [Fact]
    public async Task Batches_see_the_entities_that_are_there()
    {
        Person[] batch = [.. Enumerable.Range(1, 3).Select(id => Ann with { Id = id, Last = "Ng" })];
        await WriteOldAsync(2);
        Assert.Equal(new[] { true, false, true }, await People.InsertManyAsync(batch));
        await WriteOldAsync(4);
        Assert.Equal(new[] { false, true }, await People.UpdateManyAsync([Ann with { Id = 5 }, Ann with { Id = 4, Last = "Ng" }]));
        await WriteOldAsync(6);
        await People.UpsertManyAsync([Ann with { Id = 6, Last = "Ng", Logins = 0 }, Ann with { Id = 7 }]);
        Assert.Equal(["Ng", "Lee", "Ng", "Ng", null, "Ng", "Lee"], (await People.GetManyAsync(Enumerable.Range(1, 7))).Select(person => person?.Last));
        Assert.Equal(5, (await People.GetAsync(6))!.Logins);
        await WriteOldAsync(8);
        Assert.Equal(new[] { true, false, true }, await People.DeleteManyAsync([8, 9, 1]));
    }

    [Fact]
    public async Task Deletes_and_expiries_find_it()
    {
        await WriteOldAsync();
        Assert.True(await People.ExpireAsync(1, TimeSpan.FromHours(1)));
        Assert.InRange((await People.GetTimeToLiveAsync(1))!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
        Assert.True(await People.PatchAsync(1, new PersonPatch { Language = "de" }));
        Assert.InRange((await People.GetTimeToLiveAsync(1))!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromHours(1));
        Assert.True(await People.DeleteAsync(1));
        Assert.False(await People.DeleteAsync(1));
        await WriteOldAsync(2);
        Assert.True(await People.DeleteAsync(2));
        await WriteOldAsync(3);
        await WriteAsync("person:4", ("strange", "1"), ("name", "A B"), ("active_minutes", "x"));       // cannot be upgraded
        await People.InsertAsync(Ann with { Id = 5 });
        await WriteAsync("person:6", ("_", "of another program"));
        await WriteAsync("person:7", ("_v", "4"), ("full_name", "of a newer program"));
        await _redis.Database.StringSetAsync("person:8", "of another program");
        await People.DeleteAllAsync();
        Assert.Equal(new[] { 4, 6, 7, 8 }.Select(id => $"{_redis.Prefix}person:{id}"), await fixture.Server.KeysAsync(_redis.Prefix));
    }

    [Fact]
    public async Task One_of_many_patches_upgrades_and_none_is_lost()
    {
        for (int round = 0; round < 10; round++)
        {
            await WriteOldAsync();
            await Task.WhenAll(Enumerable.Range(0, 64).Select(i => (i % 4) switch
            {
                0 => People.PatchAsync(1, new PersonPatch { Language = "de" }),
                1 => People.PatchAsync(1, new PersonPatch { Mail = "m" }),
                _ => (Task)People.IncrementLoginsAsync(1),
            }));
            Assert.Equal(Ann with { Language = "de", Mail = "m", Logins = 37 }, await People.GetAsync(1));
            Assert.Equal(120, (long)await _redis.Database.HashGetAsync("person:1", "active_seconds"));
            await _redis.Database.KeyDeleteAsync("person:1");
        }
    }

    [Fact]
    public async Task What_older_programs_write_during_upgrades_is_not_lost()
    {
        var raced = new RacedRepository(_redis);
        foreach (var (during, wanted) in new (string During, Raced? Wanted)[]
        {
            ("HSET remark added", new Raced { Id = 1, Name = "t", Uses = 5, Note = "added" }),
            ("HSET title changed", new Raced { Id = 1, Name = "changed", Uses = 5 }),
            ("HINCRBY uses 1", new Raced { Id = 1, Name = "t", Uses = 6 }),
            ("HDEL uses", new Raced { Id = 1, Name = "t", Uses = 1 }),
            ("HSET _v 2 name other", new Raced { Id = 1, Name = "other", Uses = 5 }),
            ("HSET _other x", new Raced { Id = 1, Name = "t", Uses = 5 }),
            ("DEL", null),
        })
        {
            foreach (Func<Task> change in new Func<Task>[]
            {
                () => raced.IncrementUsesAsync(1),
                () => raced.PatchWhenAsync(1, new RacedPatch(), new RacedPatch { Uses = 1 + (wanted?.Uses ?? 0) }),
                () => raced.UpdateAsync(1, one => one with { Name = one.Name + "!" }),
                () => raced.UpgradeAllAsync(),
            })
            {
                await _redis.Database.KeyDeleteAsync("raced:1");
                await WriteAsync("raced:1", ("title", "t"), ("uses", "5"));
                Meanwhile(during);
                try
                {
                    await change();
                }
                catch (RedisEntityNotFoundException) when (wanted is null)
                {
                }

                Raced? stored = await raced.GetAsync(1);
                Assert.Equal(wanted?.Name, stored?.Name.TrimEnd('!'));
                Assert.Equal(wanted?.Note, stored?.Note);
                if (wanted is not null)
                {
                    Assert.InRange(stored!.Uses, wanted.Uses - 1, wanted.Uses + 1);
                    Assert.Equal("2", (await StoredAsync("raced:1"))["_v"]);
                }
            }
        }
    }

    [Fact]
    public async Task A_counter_counts_what_older_programs_add_during_an_upgrade()
    {
        var raced = new RacedRepository(_redis);
        await WriteAsync("raced:1", ("title", "t"), ("uses", "5"));
        Meanwhile("HINCRBY uses 10");
        Assert.Equal(16, await raced.IncrementUsesAsync(1));
        Assert.Equal(16, (await raced.GetAsync(1))!.Uses);
    }

    [Fact]
    public async Task A_newer_program_that_comes_between_is_not_overwritten()
    {
        var raced = new RacedRepository(_redis);
        await WriteAsync("raced:1", ("title", "t"), ("uses", "5"));
        Meanwhile("HSET _v 3");
        await Assert.ThrowsAsync<RedisSchemaVersionException>(() => raced.PatchAsync(1, new RacedPatch { Note = "n" }));
        Assert.Equal(["_v", "title", "uses"], (await StoredAsync("raced:1")).Keys);
    }

    [Fact]
    public async Task A_hash_whose_upgrade_gives_no_entity_is_left_alone()
    {
        var raced = new RacedRepository(_redis);
        await WriteAsync("raced:1", ("strange", "1"), ("uses", "5"));
        await Assert.ThrowsAsync<RedisWrongTypeException>(() => raced.GetAsync(1));
        await Assert.ThrowsAsync<RedisWrongTypeException>(() => raced.UpdateAsync(1, one => one));
        await Assert.ThrowsAsync<RedisWrongTypeException>(() => raced.UpsertAsync(new Raced { Id = 1, Name = "n" }));
        await Assert.ThrowsAsync<RedisEntityNotFoundException>(() => raced.IncrementUsesAsync(1));
        Assert.False(await raced.PatchAsync(1, new RacedPatch { Note = "n" }));
        Assert.IsType<RedisWrongTypeException>(Assert.Single((await raced.UpgradeAllAsync()).Failures));
        Assert.Equal(2, (await StoredAsync("raced:1")).Count);
    }

    [Fact]
    public async Task What_stands_in_v_must_be_a_version()
    {
        foreach (string version in new[] { "", "0", "-1", "1.5", "x", "99999999999" })
        {
            await WriteAsync("raced:1", ("name", "n"), ("_v", version));
            var error = await Assert.ThrowsAsync<RedisDecodeException>(() => new RacedRepository(_redis).GetAsync(1));
            Assert.Equal(("_v", version), (error.Field, error.Value));
        }
    }

    [Fact]
    public async Task An_upgrade_that_fails_says_where()
    {
        await WriteAsync("person:1", ("name", "A B"), ("active_minutes", "many"));
        var error = await Assert.ThrowsAsync<RedisDecodeException>(() => People.GetAsync(1));
        Assert.StartsWith($"TypedRedis.Integration.Tests.Models.Person: the upgrade of '{_redis.Prefix}person:1' from version 2 to 3 failed: ", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.InnerException);
        await Assert.ThrowsAsync<RedisDecodeException>(() => People.PatchAsync(1, new PersonPatch { Language = "x" }));
        Assert.Equal(2, (await StoredAsync()).Count);
    }

    [Fact]
    public async Task A_hash_of_another_program_is_left_alone()
    {
        await WriteAsync("loose:1", ("_", "1"), ("name", "Ann"));
        var loose = new LooseRepository(_redis);
        Assert.Equal(new Loose { Id = 1, Name = "Ann" }, await loose.GetAsync(1));
        await WriteAsync("loose:2", ("born", "2000"));
        Assert.Equal(new Loose { Id = 2, Age = 26 }, await loose.GetAsync(2));
        Assert.True(await loose.PatchAsync(2, new LoosePatch { Age = null }));
        Assert.Equal(new Loose { Id = 2 }, await loose.GetAsync(2));
        var labels = new LabelRepository(_redis);
        await WriteAsync("label:x", ("strange", "1"));
        await Assert.ThrowsAsync<RedisWrongTypeException>(() => labels.UpsertAsync(new Label { Id = "x", Text = "t" }));
        await Assert.ThrowsAsync<RedisWrongTypeException>(() => labels.DeleteAsync("x"));
        Assert.False(await labels.PatchAsync("x", new LabelPatch { Text = "t" }));
        Assert.False(await labels.ExistsAsync("x"));
        Assert.Single(await StoredAsync("label:x"));
    }

    [Fact]
    public async Task Renamed_fields_need_no_version()
    {
        var labels = new LabelRepository(_redis);
        await WriteAsync("label:a", ("caption", "old"), ("n", "7"), ("extra", "kept"));
        var a = new Label { Id = "a", Text = "old", Uses = 7 };
        Assert.Equal(a, await labels.GetAsync("a"));
        Assert.InRange(await fixture.Server.TimeToLiveAsync(_redis.Prefix + "label:a"), 1, 3_600_000);      // a read starts it anew
        Assert.Equal(new[] { a, null }, await labels.GetManyAsync(["a", "b"]));
        Assert.Equal(new LabelUses("a", 7), await labels.GetAsync<LabelUses>("a"));
        Assert.Equal([a], await labels.ScanAsync().ToListAsync());
        Assert.Equal(9, await labels.IncrementUsesAsync("a", 2));
        var stored = await StoredAsync("label:a");
        Assert.Equal(["extra", "text", "uses"], stored.Keys);
        Assert.Equal("9", stored["uses"]);
        await WriteAsync("label:b", ("text", "new"), ("caption", "older"), ("count", "1"), ("n", "2"));
        Assert.Equal(new Label { Id = "b", Text = "new", Uses = 1 }, await labels.GetAsync("b"));
        Assert.False(await labels.UpsertAsync(new Label { Id = "b", Text = "newer" }));
        Assert.Equal(["text", "uses"], (await StoredAsync("label:b")).Keys);
        Assert.True(await labels.InsertAsync(new Label { Id = "c", Text = "t" }));
        Assert.Equal(["text", "uses"], (await StoredAsync("label:c")).Keys);
    }

    [Fact]
    public async Task A_newer_version_is_refused_and_stays()
    {
        var fenced = new FencedRepository(_redis);
        var entity = new Fenced { Id = 1, Name = "n" };
        Assert.True(await fenced.InsertAsync(entity));
        Assert.DoesNotContain("_v", (await StoredAsync("fenced:1")).Keys);
        await WriteAsync("fenced:1", ("_v", "2"), ("name", "of the future"));
        var before = await StoredAsync("fenced:1");
        await RefusesAsync(() => fenced.GetAsync(1));
        await RefusesAsync(() => fenced.GetManyAsync([2, 1]));
        await RefusesAsync(() => fenced.ScanAsync().ToListAsync().AsTask());
        await RefusesAsync(() => fenced.UpsertAsync(entity));
        await RefusesAsync(() => fenced.UpsertManyAsync([entity]));
        await RefusesAsync(() => fenced.UpdateAsync(entity));
        await RefusesAsync(() => fenced.UpdateManyAsync([entity]));
        await RefusesAsync(() => fenced.UpdateAsync(1, one => one with { Name = "m" }));
        await RefusesAsync(() => fenced.PatchAsync(1, new FencedPatch { Name = "m" }));
        await RefusesAsync(() => fenced.PatchManyAsync([(new(1), new FencedPatch { Name = "m" })]));
        await RefusesAsync(() => fenced.PatchWhenAsync(1, new FencedPatch { Name = "of the future" }, new FencedPatch { Name = "m" }));
        await RefusesAsync(() => fenced.IncrementUsesAsync(1));
        Assert.False(await fenced.InsertAsync(entity));
        Assert.True(await fenced.ExistsAsync(1));
        UpgradeReport report = await fenced.UpgradeAllAsync();
        Assert.IsType<RedisSchemaVersionException>(Assert.Single(report.Failures));
        Assert.False(report.IsComplete);
        Assert.Equal(before, await StoredAsync("fenced:1"));

        // Also where no field of it is known.
        await WriteAsync("person:1", ("_v", "4"), ("full_name", "Ann Lee"));
        Assert.True(await People.ExistsAsync(1));
        await Assert.ThrowsAsync<RedisSchemaVersionException>(() => People.GetAsync(1));
        await Assert.ThrowsAsync<RedisSchemaVersionException>(() => People.InsertAsync(Ann));
        await Assert.ThrowsAsync<RedisSchemaVersionException>(() => People.UpsertAsync(Ann));
        await Assert.ThrowsAsync<RedisSchemaVersionException>(() => People.PatchAsync(1, new PersonPatch { Last = "x" }));
        Assert.Equal(2, (await StoredAsync()).Count);

        async Task RefusesAsync(Func<Task> call)
        {
            var error = await Assert.ThrowsAsync<RedisSchemaVersionException>(call);
            Assert.Equal((2, 1, _redis.Prefix + "fenced:1"), (error.StoredVersion, error.KnownVersion, error.Key));
        }
    }

    [Fact]
    public async Task All_are_upgraded_and_counted()
    {
        for (int id = 1; id <= 1500; id++)
            await WriteOldAsync(id);
        await People.InsertManyAsync(Enumerable.Range(2001, 500).Select(id => Ann with { Id = id }));
        await WriteAsync("person:3001", ("name", "A B"), ("active_minutes", "many"));
        var seen = new List<UpgradeProgress>();
        UpgradeReport report = await People.UpgradeAllAsync(new Progress(seen));
        Assert.Equal((2001, 1500), (report.Entities, report.Upgraded));
        Assert.IsType<RedisDecodeException>(Assert.Single(report.Failures));
        Assert.Equal(new UpgradeProgress(2001, 1500), seen[^1]);
        await IsUpgradedAsync();
        await _redis.Database.KeyDeleteAsync("person:3001");
        report = await People.UpgradeAllAsync();
        Assert.Equal((2000, 0), (report.Entities, report.Upgraded));
        Assert.True(report.IsComplete);
    }

    private sealed class Progress(List<UpgradeProgress> seen) : IProgress<UpgradeProgress>
    {
        public void Report(UpgradeProgress value) => seen.Add(value);
    }
}
