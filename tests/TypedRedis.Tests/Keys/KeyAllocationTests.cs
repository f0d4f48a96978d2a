namespace TypedRedis.Tests.Keys;

/// <summary>A key costs its bytes and nothing else.</summary>
public class KeyAllocationTests
{
    [Fact]
    public void Formatting_allocates_the_key_alone()
    {
        var user = new UserKey(1234567890);
        Assert.Equal(Allocations.OfArray("user:1234567890".Length), Allocations.PerCall(() => user.ToRedisKey()));

        var pair = new PairKey("first", "a:b");
        Assert.Equal(Allocations.OfArray("pair:first:a%3Ab".Length), Allocations.PerCall(() => pair.ToRedisKey()));

        var visit = new VisitKey(Plan.Pro, 'x', DateTimeOffset.UnixEpoch);
        Assert.Equal(Allocations.OfArray("visit:Pro:x:1970-01-01 00%3A00".Length), Allocations.PerCall(() => visit.ToRedisKey()));

        var day = new DayKey(true, Guid.Empty, DateOnly.MaxValue, TimeOnly.MinValue, 1);
        Assert.Equal(Allocations.OfArray("day:1".Length + 32 + "-99991231-0000000000000-000001".Length), Allocations.PerCall(() => day.ToRedisKey()));
    }

    [Fact]
    public void Formatting_a_long_key_allocates_the_key_alone()
    {
        var name = new NameKey(new string('x', 1000));
        Assert.Equal(Allocations.OfArray("name:".Length + 1000), Allocations.PerCall(() => name.ToRedisKey()));
    }

    [Fact]
    public void Parsing_allocates_the_strings_alone()
    {
        byte[] user = new UserKey(1234567890).ToRedisKey()!;
        Assert.Equal(0, Allocations.PerCall(() => UserKey.TryParse(user, out _)));
        Assert.Equal(0, Allocations.PerCall(static () => UserKey.TryParse("user:1234567890", out _)));

        byte[] pair = new PairKey("first", "a:b").ToRedisKey()!;
        Assert.Equal(Allocations.OfString(5) + Allocations.OfString(3), Allocations.PerCall(() => PairKey.TryParse(pair, out _)));

        byte[] visit = new VisitKey(Plan.Pro, 'x', DateTimeOffset.UnixEpoch).ToRedisKey()!;
        Assert.Equal(0, Allocations.PerCall(() => VisitKey.TryParse(visit, out _)));

        byte[] day = new DayKey(true, Guid.Empty, DateOnly.MaxValue, TimeOnly.MinValue, 1).ToRedisKey()!;
        Assert.Equal(0, Allocations.PerCall(() => DayKey.TryParse(day, out _)));
    }
}
