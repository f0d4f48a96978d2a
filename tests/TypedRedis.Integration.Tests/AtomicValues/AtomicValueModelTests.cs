using TypedRedis.Integration.Tests.ModelBased;
using TypedRedis.Integration.Tests.Models;
using Xunit.Sdk;

namespace TypedRedis.Integration.Tests.AtomicValues;

/// <summary>Every operation on atomic values answers as a dictionary would, in any order.</summary>
public sealed class AtomicValueModelTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly RedisContext _redis = fixture.NewContext();

    private static readonly long[] Numbers = [0, 1, -1, 7, -5, 1000, 999, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, (1L << 53) + 1, -(1L << 53) - 1];

    [Fact]
    public Task An_integer()
    {
        var store = new TicksValue(_redis);
        return new AtomicValueRun<TicksValueKey, long, long?, TicksValueMapper>(
            store, TicksValueMapper.Schema, Keys(static id => new TicksValueKey(id)), static random => Numbers[random.Next(Numbers.Length)], static value => value,
            (key, by) => store.IncrementAsync(key, by), tryIncrement: null).RunAsync();
    }

    [Fact]
    public Task An_integer_with_bounds()
    {
        var store = new StockValue(_redis);
        return new AtomicValueRun<StockValueKey, long, long?, StockValueMapper>(
            store, StockValueMapper.Schema, Keys(static id => new StockValueKey(id)), static random => random.Next(1001), static value => value,
            (key, by) => store.IncrementAsync(key, by), (key, by) => store.TryIncrementAsync(key, by)).RunAsync();
    }

    [Fact]
    public Task An_integer_of_32_bits_with_an_expiry()
    {
        var store = new HitsValue(_redis);
        return new AtomicValueRun<HitsValueKey, int, int?, HitsValueMapper>(
            store, HitsValueMapper.Schema, Keys(static id => new HitsValueKey(id, new DateOnly(2025, 1, 2))), static random => random.Next(4) == 0 ? int.MaxValue : random.Next(-5, 9),
            static value => value, async (key, by) => await store.IncrementAsync(key, (int)by), async (key, by) => await store.TryIncrementAsync(key, (int)by)).RunAsync();
    }

    [Fact]
    public Task An_integer_whose_expiry_slides()
    {
        var store = new TriesValue(_redis);
        return new AtomicValueRun<TriesValueKey, long, long?, TriesValueMapper>(
            store, TriesValueMapper.Schema, [.. Enumerable.Range(0, 5).Select(id => new TriesValueKey(id))], static random => Numbers[random.Next(Numbers.Length)],
            static value => value, (key, by) => store.IncrementAsync(key, by), tryIncrement: null).RunAsync();
    }

    [Fact]
    public Task A_text() => new AtomicValueRun<LeaderValueKey, string, string?, LeaderValueMapper>(
        new LeaderValue(_redis), LeaderValueMapper.Schema, Keys(static id => new LeaderValueKey(id)), static random => ((string[])["", "a", "b", "ü:{*}", "none"])[random.Next(5)], static value => value).RunAsync();

    [Fact]
    public Task A_decimal() => new AtomicValueRun<PriceValueKey, decimal, decimal?, PriceValueMapper>(
        new PriceValue(_redis), PriceValueMapper.Schema, [new(1), new(-2), new(3)], static random => random.Next(4) - 0.5m, static value => value).RunAsync();

    [Fact]
    public Task An_enum() => new AtomicValueRun<PhaseValueKey, Stage, Stage?, PhaseValueMapper>(
        new PhaseValue(_redis), PhaseValueMapper.Schema, [new(1), new(-2), new(3)], static random => (Stage)random.Next(3), static value => value).RunAsync();

    private static TKey[] Keys<TKey>(Func<string, TKey> key) => [.. ((string[])["a", "ü:{*}", " ", "%3A", "z"]).Select(key)];
}

/// <summary>Random operations on a store and on a dictionary, whose answers must be the same. The dictionary keeps no time; see <see cref="ModelRun{TEntity, TKey}"/>.</summary>
internal sealed class AtomicValueRun<TKey, TValue, TNullable, TMapper>(
    AtomicValueStore<TKey, TValue, TNullable, TMapper> store,
    AtomicValueSchema schema,
    TKey[] keys,
    Func<Random, TValue> next,
    Func<TValue, TNullable> nullable,
    Func<TKey, long, Task<long>>? increment = null,
    Func<TKey, long, Task<long?>>? tryIncrement = null)
    where TKey : struct, IRedisKey<TKey>
    where TValue : notnull
    where TMapper : struct, IAtomicValueMapper<TValue, TNullable>
{
    private const int Operations = 1500;

    private static readonly TimeSpan?[] Expiries = [null, null, null, TimeSpan.FromHours(5), TimeSpan.FromHours(48), Timeout.InfiniteTimeSpan];
    private static readonly long[] Steps = [1, -1, 0, 7, -1000, 993, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 1L << 53];

    private readonly Random _random = new(Seeds.Of(7));
    private readonly Dictionary<TKey, Entry> _model = [];
    private readonly Queue<string> _log = new();
    private TKey _key;

    public async Task RunAsync()
    {
        Func<Task>[] steps =
        [
            GetAsync, GetManyAsync, SetAsync, SetIfAbsentAsync, SetIfPresentAsync, GetAndSetAsync, GetAndDeleteAsync, CompareAndSetAsync, CompareAndSetAsync, CompareAndDeleteAsync,
            UpdateAsync, DeleteAsync, DeleteManyAsync, ExpireAsync, TimeToLiveAsync, TimeToLiveAsync, ScanKeysAsync, .. increment is null ? (Func<Task>[])[] : [IncrementAsync, IncrementAsync, IncrementAsync],
        ];
        try
        {
            for (int i = 0; i < Operations; i++)
            {
                _key = keys[_random.Next(keys.Length)];
                Func<Task> step = steps[_random.Next(steps.Length)];
                Log($"{i}. {step.Method.Name} of {_key}, which is {(_model.TryGetValue(_key, out var entry) ? entry.ToString() : "absent")}");
                await step().EndsAsync();
            }

            foreach (TKey key in keys)
            {
                _key = key;
                await TimeToLiveAsync().EndsAsync();
                await GetAsync().EndsAsync();
            }
        }
        catch (Exception error)
        {
            throw new XunitException($"{schema.Model}, set {Seeds.Variable}={Seeds.Base} to repeat: {error.Message}\nThe last operations were:\n{string.Join('\n', _log)}", error);
        }
    }

    private async Task GetAsync() => Same(Read(_key), await store.GetAsync(_key));

    private async Task GetManyAsync()
    {
        TKey[] some = [.. Enumerable.Range(0, _random.Next(6)).Select(_ => keys[_random.Next(keys.Length)])];
        Same(some.Select(Read), await store.GetManyAsync(some));
    }

    private async Task SetAsync()
    {
        var (value, expiresIn) = (NextValue(), NextExpiry());
        Write(value, expiresIn);
        await store.SetAsync(_key, value, expiresIn);
    }

    private async Task SetIfAbsentAsync()
    {
        var (value, expiresIn) = (NextValue(), NextExpiry());
        bool isAbsent = !_model.ContainsKey(_key);
        if (isAbsent)
            Write(value, expiresIn);
        Same(isAbsent, await store.SetIfAbsentAsync(_key, value, expiresIn));
    }

    private async Task SetIfPresentAsync()
    {
        var (value, expiresIn) = (NextValue(), NextExpiry());
        bool isPresent = _model.ContainsKey(_key);
        if (isPresent)
            Write(value, expiresIn);
        Same(isPresent, await store.SetIfPresentAsync(_key, value, expiresIn));
    }

    private async Task GetAndSetAsync()
    {
        var (value, expiresIn) = (NextValue(), NextExpiry());
        TNullable before = Peek();
        Write(value, expiresIn);
        Same(before, await store.GetAndSetAsync(_key, value, expiresIn));
    }

    private async Task GetAndDeleteAsync()
    {
        TNullable before = Peek();
        _model.Remove(_key);
        Same(before, await store.GetAndDeleteAsync(_key));
    }

    private async Task CompareAndSetAsync()
    {
        var (value, expiresIn) = (NextValue(), NextExpiry());
        TNullable expected = _random.Next(4) switch { 0 => default!, 1 => nullable(NextValue()), _ => Peek() };
        bool stands = Equals(expected, Peek());
        Log($"   expects {expected?.ToString() ?? "null"}");
        if (stands)
            Write(value, expiresIn);
        Same(stands, await store.CompareAndSetAsync(_key, expected, value, expiresIn));
    }

    private async Task CompareAndDeleteAsync()
    {
        TValue expected = _model.TryGetValue(_key, out var entry) && _random.Next(2) == 0 ? entry.Value : NextValue();
        bool stands = entry is not null && Equals(entry.Value, expected);
        if (stands)
            _model.Remove(_key);
        Same(stands, await store.CompareAndDeleteAsync(_key, expected));
    }

    private async Task UpdateAsync()
    {
        TValue value = NextValue();
        TNullable before = Peek(), given = default!;
        Write(value, expiresIn: null);
        Same(value, await store.UpdateAsync(_key, stored => { given = stored; return value; }));
        Same(before, given);
    }

    private async Task DeleteAsync() => Same(_model.Remove(_key), await store.DeleteAsync(_key));

    private async Task DeleteManyAsync()
    {
        TKey[] some = [_key, keys[_random.Next(keys.Length)], _key];
        Same(some.Select(_model.Remove), await store.DeleteManyAsync(some));
    }

    private async Task ExpireAsync()
    {
        TimeSpan expiresIn = NextExpiry() ?? TimeSpan.FromHours(20);
        if (_model.TryGetValue(_key, out var entry))
            entry.Expiry = OfNone(expiresIn);
        Same(entry is not null, await store.ExpireAsync(_key, expiresIn));
    }

    private async Task TimeToLiveAsync()
    {
        TimeSpan? left = await store.GetTimeToLiveAsync(_key);
        if (!_model.TryGetValue(_key, out var entry))
            Assert.Null(left);
        else if (entry.Expiry is { } expiry)
            Assert.InRange(left!.Value, expiry - TimeSpan.FromHours(1), expiry);
        else
            Assert.Equal(Timeout.InfiniteTimeSpan, left);
    }

    private async Task ScanKeysAsync()
    {
        var found = new HashSet<TKey>();
        await foreach (TKey key in store.ScanKeysAsync(pageSize: 10))
            found.Add(key);
        Same(keys.Where(_model.ContainsKey), keys.Where(found.Contains));
    }

    private async Task IncrementAsync()
    {
        long by = Steps[_random.Next(Steps.Length)];
        if (typeof(TValue) == typeof(int))
            by = Math.Clamp(by, int.MinValue, int.MaxValue);
        Log($"   by {by}");
        _model.TryGetValue(_key, out var entry);
        Int128 sum = (entry is null ? 0 : Convert.ToInt64(entry.Value)) + (Int128)by;
        bool fits = sum >= schema.Minimum && sum <= schema.Maximum;
        if (fits)
        {
            var value = (TValue)Convert.ChangeType((long)sum, typeof(TValue));
            if (entry is null)
                _model.Add(_key, entry = new Entry(value) { Expiry = schema.Expiry });
            entry.Value = value;
            Slide(entry);
        }

        if (tryIncrement is not null && _random.Next(2) == 0)
            Assert.Equal(fits ? (long)sum : null, await tryIncrement(_key, by));
        else if (fits)
            Assert.Equal((long)sum, await increment!(_key, by));
        else
            await Assert.ThrowsAsync<OverflowException>(() => increment!(_key, by));
    }

    private TValue NextValue()
    {
        TValue value = next(_random);
        Log($"   {value}");
        return value;
    }

    private TimeSpan? NextExpiry()
    {
        TimeSpan? expiry = Expiries[_random.Next(Expiries.Length)];
        Log($"   for {expiry?.ToString() ?? "the declared time"}");
        return expiry;
    }

    private void Write(TValue value, TimeSpan? expiresIn)
    {
        TimeSpan? before = _model.GetValueOrDefault(_key)?.Expiry;
        _model[_key] = new Entry(value) { Expiry = OfNone(expiresIn ?? schema.Expiry ?? before) };
    }

    private TNullable Peek() => _model.TryGetValue(_key, out var entry) ? nullable(entry.Value) : default!;

    private TNullable Read(TKey key)
    {
        if (!_model.TryGetValue(key, out var entry))
            return default!;
        Slide(entry);
        return nullable(entry.Value);
    }

    private void Slide(Entry entry)
    {
        if (schema.Sliding)
            entry.Expiry = schema.Expiry;
    }

    private void Log(string line)
    {
        _log.Enqueue(line);
        if (_log.Count > 40)
            _log.Dequeue();
    }

    private static TimeSpan? OfNone(TimeSpan? expiry) => expiry == Timeout.InfiniteTimeSpan ? null : expiry;

    private static void Same<T>(T expected, T actual) => Assert.Equal(expected, actual);

    private sealed class Entry(TValue value)
    {
        public TValue Value { get; set; } = value;

        public TimeSpan? Expiry { get; set; }

        public override string ToString() => $"{Value} for {Expiry}";
    }
}
