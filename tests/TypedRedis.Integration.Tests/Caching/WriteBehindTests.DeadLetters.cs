namespace TypedRedis.Integration.Tests.Caching;

// What the source refuses, and what nobody can read.
public sealed partial class WriteBehindTests
{
    [Fact]
    public async Task A_write_that_is_refused_does_not_hold_up_its_batch()
    {
        await Refuse(3);
        await _cache.SetManyAsync(Enumerable.Range(0, 20).Select(i => Some(i, 1)));

        Assert.Equal(1, await _cache.FlushAsync());
        Assert.Equal(19, _source.Rows.Count);
        WriteBehindStatus status = await _cache.GetPendingAsync();
        Assert.Equal((1, 1, 0, 0), (status.Pending, status.Retrying, status.Leased, status.DeadLetters));
        await _cache.InvalidateAsync(3);
        Assert.Equal(Some(3, 1), await _cache.GetAsync(3));

        _source.Before = static (_, _) => Task.CompletedTask;
        Assert.Equal(0, await _cache.FlushAsync());
        Assert.Equal(Some(3, 1), _source[3]);
        Assert.Equal(0, _cache.Redis.Database.HashLength(QueueOf(3).Dead));
    }

    [Fact]
    public async Task What_is_refused_as_often_as_declared_becomes_a_dead_letter()
    {
        await Refuse(3, 4);
        long third = (await _cache.SetAsync(Some(3, 1))).Version;
        long fourth = (await _cache.DeleteAsync(4)).Version;
        Assert.Equal(2, await _cache.FlushAsync());
        Assert.Equal(2, await _cache.FlushAsync());
        Assert.Equal(0, await _cache.FlushAsync());

        WriteBehindStatus status = await _cache.GetPendingAsync();
        Assert.Equal((0, 2), (status.Pending, status.DeadLetters));
        DeadLetter<ParcelCacheKey, Parcel>[] letters = [.. (await Letters()).OrderBy(letter => letter.Key.Id)];
        Assert.Equal(
            [(3L, Some(3, 1), false, third, 3, true), (4L, null, true, fourth, 3, true)],
            letters.Select(letter => (letter.Key.Id, letter.Entity, letter.IsDelete, letter.Version, letter.Attempts, letter.FailedAt > DateTimeOffset.UnixEpoch)));
        Assert.All(letters, letter => Assert.StartsWith("System.InvalidOperationException: no xxx", letter.Reason));
        Assert.All(letters, letter => Assert.Equal(500, letter.Reason.Length));

        _source.Before = static (_, _) => Task.CompletedTask;
        Assert.Equal(0, await _cache.FlushAsync());
        Assert.Empty(_source.Rows);
        Assert.True(await _cache.ReplayAsync(3));
        Assert.False(await _cache.ReplayAsync(3));
        await _cache.InvalidateAsync(3);
        Assert.Equal(Some(3, 1), await _other.GetAsync(3));
        Assert.Equal(1, await _cache.ReplayAllAsync());
        await _cache.FlushAsync();
        Assert.Equal((third, Some(3, 1)), _source.Rows[3]);
        Assert.Equal((fourth, null), _source.Rows[4]);
        Assert.Equal(new WriteBehindStatus(), await _cache.GetPendingAsync());
    }

    [Fact]
    public async Task A_dead_letter_is_given_up_or_replaced()
    {
        _source.Rows[3] = (1, Some(3));
        await DieAsync(3);
        Assert.Equal(Some(3, 1), await _cache.GetAsync(3));
        Assert.True(await _cache.DiscardAsync(3));
        Assert.False(await _cache.DiscardAsync(3));
        Assert.Equal(Some(3), await _cache.GetAsync(3));

        await DieAsync(3);
        await _cache.SetAsync(Some(3, 2));
        Assert.False(await _cache.ReplayAsync(3));      // a newer one is pending
        Assert.Equal(0, await _cache.ReplayAllAsync());
        Assert.Single(await Letters());
        await _cache.FlushAsync();
        Assert.Equal(Some(3, 2), _source[3]);
        Assert.Empty(await Letters());
        Assert.False(await _cache.ReplayAsync(3));

        await DieAsync(3);
        await _cache.SetAsync(Some(3, 4));
        Assert.True(await _cache.DiscardAsync(3));
        Assert.Equal(Some(3, 4), await _other.GetStrongAsync(3));
    }

    /// <summary>Where a replayed write has to be read, an entry that was loaded from the source must not stand before it.</summary>
    [Fact]
    public async Task What_was_loaded_meanwhile_does_not_hide_a_replayed_write()
    {
        _source.Rows[3] = (1, Some(3));
        await DieAsync(3);
        await _cache.InvalidateAsync(3);
        Assert.Equal(Some(3), await _cache.GetAsync(3));
        Assert.True(await _cache.ReplayAsync(3));
        Assert.Equal(Some(3, 1), await _cache.GetAsync(3));
        Assert.Equal(Some(3, 1), await _other.GetStrongAsync(3));
    }

    [Fact]
    public async Task A_value_that_nobody_can_read_is_an_error_and_then_a_dead_letter()
    {
        await _cache.SetAsync(Some(1, 1));
        byte[] record = (await _redis.Database.HashGetAsync(QueueOf(1).Pending, "parcel:1"))!;
        await _redis.Database.HashSetAsync(QueueOf(1).Pending, "parcel:1", (byte[])[.. record[..^5], .. "}}}}}"u8]);
        await _cache.InvalidateAsync(1);
        await Assert.ThrowsAsync<RedisDecodeException>(() => _cache.GetAsync(1).AsTask());
        await Assert.ThrowsAsync<RedisDecodeException>(() => _cache.GetManyAsync([1, 2]));
        for (int i = 0; i < 3; i++)
            await _cache.FlushAsync();
        DeadLetter<ParcelCacheKey, Parcel> letter = Assert.Single(await Letters());
        Assert.Null(letter.Entity);
        Assert.False(letter.IsDelete);
        Assert.StartsWith("TypedRedis.RedisDecodeException: ", letter.Reason);
    }

    /// <summary>Programs of two versions work side by side: what the one has written, the other carries to the source.</summary>
    [Fact]
    public async Task A_write_of_another_version_of_the_model_is_read()
    {
        await _cache.SetAsync(Some(1, 1));
        byte[] record = (await _redis.Database.HashGetAsync(QueueOf(1).Pending, "parcel:1"))!;
        record[37] ^= 255;
        await _redis.Database.HashSetAsync(QueueOf(1).Pending, "parcel:1", record);
        await _cache.InvalidateAsync(1);
        Assert.Equal(Some(1, 1), await _other.GetAsync(1));
        await _other.InvalidateAsync(1);
        Assert.Equal(Some(1, 1), Assert.Single(await _other.GetManyAsync([1])));
        await _cache.FlushAsync();
        Assert.Equal(Some(1, 1), _source[1]);
    }
}
