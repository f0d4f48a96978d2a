using System.Text;
using TypedRedis.Integration.Tests.ModelBased;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Indexes;

/// <summary>What indexes must find: what a walk over all entities finds. For a moment in which nobody writes.</summary>
internal sealed class IndexTruth(RedisContext redis)
{
    private readonly MemberRepository _members = new(redis);
    private readonly BookingRepository _bookings = new(redis);
    private readonly OrderRepository _orders = new(redis);

    /// <summary>Asks every index for every value, and for ranges.</summary>
    /// <param name="counts">Whether nobody was killed, so that there is no entry but those of entities, or of such that have expired.</param>
    /// <returns>How many entities there are.</returns>
    public async Task<int> CheckAsync(bool counts)
    {
        await SettleAsync();
        List<Member> members = await DistinctAsync(_members.ScanAsync(), static one => one.Id);
        List<Booking> bookings = await DistinctAsync(_bookings.ScanAsync(), static one => one.Code);
        List<Order> orders = await DistinctAsync(_orders.ScanAsync(), static one => (one.Tenant, one.Number));

        // No two entities have one value of a unique index.
        Assert.DoesNotContain(members.Where(one => one.Email is not null).CountBy(one => one.Email!), static value => value.Value > 1);
        Assert.DoesNotContain(bookings.CountBy(one => one.Seat), static value => value.Value > 1);
        Assert.DoesNotContain(orders.CountBy(one => (one.Tenant, one.Reference)), static value => value.Value > 1);

        foreach (string email in IndexLoad.Emails.OfType<string>())
            Same($"email {email}", members.Where(one => one.Email == email), One(await _members.ByEmail.FindAsync(email)));
        Assert.Equal(
            IndexLoad.Emails.OfType<string>().Select(email => members.Find(one => one.Email == email)?.Id),
            (await _members.ByEmail.FindManyAsync(IndexLoad.Emails.OfType<string>())).Select(one => one?.Id));
        foreach (string country in IndexLoad.Countries.OfType<string>())
        {
            var of = members.Where(one => one.Country == country).ToArray();
            await ExactAsync($"country {country}", of, _members.ByCountry.ListAsync(country, pageSize: 2), counts, _members.ByCountry.CountAsync(country));
            foreach (Plan plan in Enum.GetValues<Plan>())
            {
                await ExactAsync(
                    $"country {country}, plan {plan}", of.Where(one => one.Plan == plan), _members.ByCountryAndPlan.ListAsync((country, plan), pageSize: 1), counts, _members.ByCountryAndPlan.CountAsync((country, plan)));
            }

            await SortedAsync($"country {country}, rating", of.Where(one => one.Rating is not null), one => one.Rating, false, _members.ByCountryAndRating.RangeAsync(country), counts, _members.ByCountryAndRating.CountAsync(country));
            await SortedAsync($"country {country}, rating -7…5", of.Where(one => one.Rating is >= -7 and <= 5), one => one.Rating, true, _members.ByCountryAndRating.RangeAsync(country, -7, 5, descending: true, pageSize: 1), counts, _members.ByCountryAndRating.CountAsync(country, -7, 5));
        }

        foreach (string tag in IndexLoad.Tags)
            await ExactAsync($"tag {tag}", members.Where(one => one.Tags.Contains(tag)), _members.ByTags.ListAsync(tag), counts, _members.ByTags.CountAsync(tag));
        await SortedAsync("created", members, one => one.CreatedAt.UtcTicks, false, _members.ByCreatedAt.RangeAsync(pageSize: 3), counts, _members.ByCreatedAt.CountAsync());
        await SortedAsync("created since", members.Where(one => one.CreatedAt >= DateTimeOffset.UnixEpoch), one => one.CreatedAt.UtcTicks, true, _members.ByCreatedAt.RangeAsync(DateTimeOffset.UnixEpoch, descending: true), counts, _members.ByCreatedAt.CountAsync(DateTimeOffset.UnixEpoch));
        await SortedAsync("balance", members.Where(one => one.Balance is not null), one => one.Balance, false, _members.ByBalance.RangeAsync(), counts, _members.ByBalance.CountAsync());
        await SortedAsync("balance to", members.Where(one => one.Balance <= -12.5m), one => one.Balance, false, _members.ByBalance.RangeAsync(null, -12.5m), counts, _members.ByBalance.CountAsync(null, -12.5m));
        await SortedAsync("logins", members, one => one.Logins, true, _members.ByLogins.RangeAsync(descending: true, pageSize: 2), counts, _members.ByLogins.CountAsync());
        foreach (long logins in members.Select(one => one.Logins).Append(77).Distinct())
            await ExactAsync($"logins {logins}", members.Where(one => one.Logins == logins), _members.WithLogins.ListAsync(logins), counts, _members.WithLogins.CountAsync(logins));
        foreach (Plan plan in Enum.GetValues<Plan>())
            await SortedAsync($"plan {plan}, logins", members.Where(one => one.Plan == plan), one => one.Logins, false, _members.ByPlanAndLogins.RangeAsync(plan), counts, _members.ByPlanAndLogins.CountAsync(plan));

        foreach (string seat in IndexLoad.Seats)
            Same($"seat {seat}", bookings.Where(one => one.Seat == seat), One(await _bookings.BySeat.FindAsync(seat)));
        foreach (string show in IndexLoad.Shows)
            await ExactAsync($"show {show}", bookings.Where(one => one.Show == show), _bookings.ByShow.ListAsync(show), counts, _bookings.ByShow.CountAsync(show));
        await SortedAsync("price", bookings, one => one.Price, false, _bookings.ByPrice.RangeAsync(), counts, _bookings.ByPrice.CountAsync());

        foreach (string tenant in IndexLoad.Tenants)
        {
            var of = orders.Where(one => one.Tenant == tenant).ToArray();
            foreach (string reference in IndexLoad.References)
                Same($"reference {tenant} {reference}", of.Where(one => one.Reference == reference), One(await _orders.ByReference.FindAsync((tenant, reference))));
            foreach (OrderState state in Enum.GetValues<OrderState>())
                await ExactAsync($"state {tenant} {state}", of.Where(one => one.State == state), _orders.ByState.ListAsync((tenant, state)), counts, _orders.ByState.CountAsync((tenant, state)));
            await SortedAsync($"total {tenant}", of, one => one.Total, false, _orders.ByTotal.RangeAsync(tenant), counts, _orders.ByTotal.CountAsync(tenant));
        }

        foreach (IndexReport report in (IndexReport[])[await _members.VerifyIndexesAsync(), await _bookings.VerifyIndexesAsync(), await _orders.VerifyIndexesAsync()])
            Assert.True(report.Missing == 0 && report.Clashes.Count == 0, report.ToString());
        return members.Count + bookings.Count + orders.Count;
    }

    /// <summary>Waits until no entity is about to expire, nor announced to be changed by a writer that was interrupted.</summary>
    public Task SettleAsync() => Task.WhenAll(LastAsync(_members), LastAsync(_bookings), LastAsync(_orders));

    /// <summary>Looks at the indexes of all models.</summary>
    public async Task<IndexReport[]> VerifyAsync(bool repair)
        => [await _members.VerifyIndexesAsync(repair), await _bookings.VerifyIndexesAsync(repair), await _orders.VerifyIndexesAsync(repair)];

    /// <summary>Repairs, as after a failover, which loses writes that were answered.</summary>
    public async Task RepairAsync()
    {
        await _members.RebuildIndexesAsync();
        await _bookings.RebuildIndexesAsync();
        await _orders.RebuildIndexesAsync();
    }

    /// <summary>Whatever is in Redis of the models: entities and indexes. None of them, when all entities are gone.</summary>
    public async Task DeleteAllAsync()
    {
        await _members.DeleteAllAsync();
        await _bookings.DeleteAllAsync();
        await _orders.DeleteAllAsync();
    }

    private Task LastAsync<TEntity, TKey>(EntityRepository<TEntity, TKey> repository)
        where TEntity : class
        where TKey : struct, IRedisKey<TKey>
        => Bounded.BecomesTrueAsync(async () =>
        {
            await foreach (TKey key in repository.ScanKeysAsync())
            {
                TimeSpan? left = await repository.GetTimeToLiveAsync(key);
                if (left >= TimeSpan.Zero && left < TimeSpan.FromSeconds(10))     // none is -1 ms
                    return false;
                if ((string?)await redis.Database.HashGetAsync(key.ToRedisKey(), "_in") is { } announced
                    && long.Parse(announced[(announced.IndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture) > DateTimeOffset.UtcNow.ToUnixTimeMilliseconds())
                {
                    return false;
                }
            }

            return true;
        });

    private static async Task<List<T>> DistinctAsync<T, TKey>(IAsyncEnumerable<T> walk, Func<T, TKey> key) => (await walk.ToListAsync()).DistinctBy(key).ToList();

    private static T[] One<T>(T? found)
        where T : class
        => found is null ? [] : [found];

    private static async Task ExactAsync<T>(string what, IEnumerable<T> expected, IAsyncEnumerable<T> found, bool counts, Task<long> count)
    {
        Same(what, expected.OrderBy(Place, StringComparer.Ordinal), await found.ToListAsync());
        if (counts)
            Assert.True(expected.Count() == await count, $"{what}: {expected.Count()} entities, counted {await count}");
    }

    private static async Task SortedAsync<T, TSort>(string what, IEnumerable<T> expected, Func<T, TSort> sort, bool descending, IAsyncEnumerable<T> found, bool counts, Task<long> count)
    {
        var sorted = expected.OrderBy(sort).ThenBy(Place, StringComparer.Ordinal);
        Same(what, descending ? sorted.Reverse() : sorted, await found.ToListAsync());
        if (counts)
            Assert.True(expected.Count() == await count, $"{what}: {expected.Count()} entities, counted {await count}");
    }

    // The key as it stands in an index, ended by what ends it there.
    private static string Place<T>(T entity) => entity switch
    {
        Member member => new MemberKey(member.Id) + "{",
        Booking booking => new BookingKey(booking.Code) + "{",
        Order order => new OrderKey(order.Tenant, order.Number) + "{",
        _ => throw new ArgumentException(typeof(T).Name, nameof(entity)),
    };

    private static void Same<T>(string what, IEnumerable<T> expected, IEnumerable<T> found)
    {
        string one = string.Join('\n', expected.Select(entity => Shown.Of(entity)));
        string other = string.Join('\n', found.Select(entity => Shown.Of(entity)));
        Assert.True(one == other, $"{what} (set {Seeds.Variable}={Seeds.Base} to repeat): there are\n{one}\nand found were\n{other}");
    }
}
