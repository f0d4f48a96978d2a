using StackExchange.Redis;
using TypedRedis.Integration.Tests.ModelBased;
using TypedRedis.Integration.Tests.Models;
using Order = TypedRedis.Integration.Tests.Models.Order;

namespace TypedRedis.Integration.Tests.Indexes;

/// <summary>
/// A writer of a few entities with few values, so that several of them meet at every entity and at every value of a unique index. What it is answered it does not
/// check: that is for <see cref="IndexTruth"/>, when all of them are done.
/// </summary>
/// <param name="redis">The context.</param>
/// <param name="seed">Where the operations come from.</param>
/// <param name="survives">Whether the servers may fail, so that any call may.</param>
internal sealed class IndexLoad(RedisContext redis, int seed, bool survives = false)
{
    /// <summary>Says how many operations a test does instead of the few that it takes to see that nothing is wrong.</summary>
    public const string Variable = "TYPEDREDIS_TEST_OPERATIONS";

    public static readonly string?[] Emails = [null, "a", "b", "c:{x}", "é%", "e", "f"];
    public static readonly string?[] Countries = [null, "FR", "D:E", "{}"];
    public static readonly int?[] Ratings = [null, -7, 0, 5, 50];
    public static readonly decimal?[] Balances = [null, -12.50m, -12.5m, 0.1m, 1000000m];
    public static readonly string[] Tags = ["a", "{b}", "c:d", ""];
    public static readonly string[] Seats = ["1", "2", "{3}", "4:4", "5", "6"];
    public static readonly string[] Shows = ["s", "t"];
    public static readonly double[] Prices = [-0.5, 0, 1e-300, double.PositiveInfinity];
    public static readonly string[] Tenants = ["t:1", "{t}", "%"];
    public static readonly string[] References = ["r", "s", "t{u}", "v"];

    private static readonly TimeSpan?[] Expiries = [null, null, null, TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(300), TimeSpan.FromHours(50), Timeout.InfiniteTimeSpan];

    private readonly Random _random = new(seed);
    private readonly MemberRepository _members = new(redis);
    private readonly BookingRepository _bookings = new(redis);
    private readonly OrderRepository _orders = new(redis);

    public static int Operations(int few) => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } number ? int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) : few;

    /// <summary>Several writers at once, each with a context of its own, over some connections.</summary>
    public static Task RunAsync(RedisContext redis, IConnectionMultiplexer[] connections, int writers, int operations, int firstSeed, bool survives = false)
        => Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            var load = new IndexLoad(new RedisContext(connections[writer % connections.Length], redis.Options), Seeds.Of(firstSeed + writer), survives);
            for (int i = 0; i < operations / writers; i++)
                await load.StepAsync();
        })));

    public async Task StepAsync()
    {
        try
        {
            await (_random.Next(4) switch
            {
                0 => OfOrdersAsync(),
                1 => OfBookingsAsync(),
                _ => OfMembersAsync(),
            }).WaitAsync(TimeSpan.FromSeconds(60));
        }
        catch (Exception e) when (e is RedisUniqueIndexException or RedisConcurrencyException or RedisEntityNotFoundException or OverflowException)
        {
        }
        catch (RedisServerException e) when (survives && (e.Message.Contains("not reachable", StringComparison.Ordinal)
            || e.Message.StartsWith("CLUSTERDOWN", StringComparison.Ordinal) || e.Message.StartsWith("READONLY", StringComparison.Ordinal)))
        {
            // The driver's, while it gets to know where slots are now and who is whose replica; and of a cluster that misses a primary.
        }
        catch (Exception e) when (survives && e.IsOutage())
        {
        }
    }

    private T One<T>(IReadOnlyList<T> values) => values[_random.Next(values.Count)];

    private IEnumerable<T> Some<T>(Func<T> make) => Enumerable.Range(0, _random.Next(1, 5)).Select(_ => make()).ToArray();

    private long Id() => _random.Next(1, 9);

    private Member Member() => new()
    {
        Id = Id(),
        Name = $"n{_random.Next(5)}",
        Email = One(Emails),
        Country = One(Countries),
        Plan = (Plan)_random.Next(3),
        Rating = One(Ratings),
        CreatedAt = DateTimeOffset.UnixEpoch.AddDays(_random.Next(-2, 3)).ToOffset(TimeSpan.FromHours(_random.Next(-3, 4))),
        Balance = One(Balances),
        Tags = [.. Enumerable.Range(0, _random.Next(3)).Select(_ => One(Tags))],
        Logins = _random.Next(-3, 4),
    };

    private MemberPatch MemberPatch()
    {
        Member next = Member();
        var patch = new MemberPatch();
        int members = _random.Next(512);
        if ((members & 1) != 0)
            patch.Email = next.Email;
        if ((members & 2) != 0)
            patch.Country = next.Country;
        if ((members & 4) != 0)
            patch.Plan = next.Plan;
        if ((members & 8) != 0)
            patch.Rating = next.Rating;
        if ((members & 16) != 0)
            patch.CreatedAt = next.CreatedAt;
        if ((members & 32) != 0)
            patch.Balance = next.Balance;
        if ((members & 64) != 0)
            patch.Tags = next.Tags;
        if ((members & 128) != 0)
            patch.Name = next.Name;
        if ((members & 256) != 0 && _random.Next(3) == 0)
            patch.Logins = next.Logins;
        return patch;
    }

    private Task OfMembersAsync() => _random.Next(20) switch
    {
        0 or 1 => _members.InsertAsync(Member(), One(Expiries)),
        2 or 3 => _members.UpsertAsync(Member(), One(Expiries)),
        4 or 5 => _members.UpdateAsync(Member(), One(Expiries)),
        6 => _members.InsertManyAsync(Some(Member)),
        7 => _members.UpsertManyAsync(Some(Member), One(Expiries)),
        8 => _members.UpdateManyAsync(Some(Member)),
        9 => _members.DeleteAsync(Id()),
        10 => _members.DeleteManyAsync(Some(Id)),
        11 or 12 => _members.PatchAsync(Id(), MemberPatch()),
        13 => _members.PatchManyAsync(Some(Id).Distinct().Select(id => (new MemberKey(id), MemberPatch()))),
        14 => _members.UpdateAsync(Id(), before => Member() with { Id = before.Id, Name = before.Name + "x" }, retries: 3),
        15 => _members.IncrementLoginsAsync(Id(), _random.Next(-3, 4)),
        16 => _members.ExpireAsync(Id(), One(Expiries) ?? TimeSpan.FromHours(1)),
        17 => _members.PatchWhenAsync(Id(), new MemberPatch { Plan = (Plan)_random.Next(3) }, MemberPatch()),
        18 => _members.GetAndSetEmailAsync(Id(), One(Emails)),
        _ => _members.CompareAndSetCountryAsync(Id(), One(Countries), One(Countries)),
    };

    private string Code() => $"c{_random.Next(6)}";

    private Booking Booking() => new() { Code = Code(), Seat = One(Seats), Show = One(Shows), Price = One(Prices), Note = One(Emails) };

    private Task OfBookingsAsync() => _random.Next(12) switch
    {
        0 => _bookings.InsertAsync(Booking(), One(Expiries)),
        1 or 2 => _bookings.UpsertAsync(Booking(), One(Expiries)),
        3 => _bookings.UpdateAsync(Booking(), One(Expiries)),
        4 => _bookings.UpsertManyAsync(Some(Booking), One(Expiries)),
        5 => _bookings.DeleteAsync(Code()),
        6 => _bookings.PatchAsync(Code(), _random.Next(2) == 0 ? new BookingPatch { Seat = One(Seats), Price = One(Prices) } : new BookingPatch { Note = One(Emails) }),
        7 => _bookings.GetAsync(Code()),
        8 => _bookings.GetManyAsync(Some(Code)),
        9 => _bookings.ExpireAsync(Code(), One(Expiries) ?? TimeSpan.FromHours(1)),
        10 => _bookings.UpdateAsync(Code(), before => before with { Show = One(Shows), Seat = One(Seats) }, retries: 3),
        _ => _bookings.IncrementViewsAsync(Code()),
    };

    private OrderKey OrderKey() => new(One(Tenants), _random.Next(3));

    private Order Order() => Order(OrderKey());

    private Order Order(OrderKey key)
        => new() { Tenant = key.Tenant, Number = key.Number, Reference = One(References), State = (OrderState)_random.Next(3), Total = _random.Next(-2, 3) };

    private Task OfOrdersAsync() => _random.Next(10) switch
    {
        0 => _orders.InsertAsync(Order(), One(Expiries)),
        1 => _orders.UpsertAsync(Order(), One(Expiries)),
        2 => _orders.InsertManyAsync(Some(Order)),
        3 => _orders.DeleteAsync(OrderKey()),
        4 or 5 => _orders.PatchAsync(OrderKey(), _random.Next(2) == 0 ? new OrderPatch { Reference = One(References), Total = _random.Next(-2, 3) } : new OrderPatch { State = (OrderState)_random.Next(3) }),
        6 or 7 => _orders.UpdateAsync(OrderKey(), before => Order(new(before.Tenant, before.Number)), retries: 3),
        8 => _orders.ExpireAsync(OrderKey(), One(Expiries) ?? TimeSpan.FromHours(1)),
        _ => _orders.DeleteManyAsync(Some(OrderKey)),
    };
}
