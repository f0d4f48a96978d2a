using System.Globalization;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>What stores by calendar periods share: which periods a write belongs to, and what their keys are.</summary>
/// <typeparam name="TKey">The model's key, which is that of all time.</typeparam>
public abstract class PeriodStore<TKey> : RedisStore
    where TKey : struct, IRedisKey<TKey>
{
    /// <summary>How far ahead of the clock a time may be that a caller gives: clocks of machines differ.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    // A time zone has its midnights hours apart, so that more than two in a row say that something else is wrong.
    private const int Attempts = 5;

    private protected PeriodStore(RedisContext redis)
        : base(redis)
        => Calendar.CheckZone();

    private protected PeriodStore()
    {
    }

    private protected abstract PeriodSchema PeriodSchema { get; }

    private protected PeriodCalendar Calendar => PeriodSchema.Calendar;

    private protected CodecContext Context(RedisKey key) => new(Redis, PeriodSchema, key);

    /// <summary>The time in Unix milliseconds. At no cost but for the first call of a context.</summary>
    private protected ValueTask<long> NowAsync(RedisKey key, CancellationToken cancellationToken) => Redis.Clock.NowAsync(Redis, PeriodSchema, key, cancellationToken);

    /// <summary>A period as of now.</summary>
    /// <exception cref="ArgumentException">The model does not have periods of that unit.</exception>
    private protected async ValueTask<Period> ResolveAsync(RedisKey key, Period period, CancellationToken cancellationToken)
    {
        CheckUnit(period.Unit);
        return period.IsRelative ? AsOf(period, await NowAsync(key, cancellationToken).ConfigureAwait(false)) : period;
    }

    /// <summary>The periods of a range as of now, the first first.</summary>
    /// <exception cref="ArgumentException">The model does not have periods of that unit, or the range ends before it begins, or has more than <paramref name="limit"/> periods.</exception>
    private protected async ValueTask<Period[]> ResolveAsync(RedisKey key, PeriodRange range, int limit, CancellationToken cancellationToken)
    {
        CheckUnit(range.Unit);
        return PeriodsOf(range, range.First.IsRelative || range.Last.IsRelative ? await NowAsync(key, cancellationToken).ConfigureAwait(false) : 0, limit);
    }

    /// <summary>A period and a range as of one moment: between two, it could be midnight.</summary>
    /// <exception cref="ArgumentException">As for each of them.</exception>
    private protected async ValueTask<(Period Period, Period[] Range)> ResolveAsync(RedisKey key, Period period, PeriodRange range, int limit, CancellationToken cancellationToken)
    {
        CheckUnit(period.Unit);
        CheckUnit(range.Unit);
        bool isRelative = period.IsRelative || range.First.IsRelative || range.Last.IsRelative;
        long now = isRelative ? await NowAsync(key, cancellationToken).ConfigureAwait(false) : 0;
        return (AsOf(period, now), PeriodsOf(range, now, limit));
    }

    private Period AsOf(Period period, long now) => period.IsRelative ? period.From(Calendar.Of(period.Unit, now)) : period;

    private Period[] PeriodsOf(PeriodRange range, long now, int limit)
    {
        Period first = AsOf(range.First, now), last = AsOf(range.Last, now);
        if (first == last)
        {
            return [first];
        }

        long count = last.Since(first) + 1;
        if (count < 1 || count > limit)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"{PeriodSchema.Model}: the range {first}..{last} {(count < 1 ? "ends before it begins" : $"has {count} periods; the most is {limit}. Ask for fewer, or declare a longer unit too and ask for that")}."),
                nameof(range));
        }

        var periods = new Period[count];
        for (int i = 0; i < periods.Length; i++)
        {
            periods[i] = first.Add(i);
        }

        return periods;
    }

    /// <summary>The key of a period that is not relative.</summary>
    private protected static RedisKey KeyOf(RedisKey key, Period period) => PeriodCalendar.KeyOf((byte[])key!, period);

    /// <summary>The keys of periods that are not relative.</summary>
    private protected static RedisKey[] KeysOf(RedisKey key, Period[] periods)
    {
        byte[] prefix = key!;
        var keys = new RedisKey[periods.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = PeriodCalendar.KeyOf(prefix, periods[i]);
        }

        return keys;
    }

    private protected static RedisKey Append(RedisKey key, ReadOnlySpan<byte> suffix) => suffix.IsEmpty ? key : (byte[])[.. (byte[])key!, .. suffix];

    /// <summary>
    /// Calls a script that writes to the periods that are now, and nothing but that: see <c>period_current.lua</c>. Its keys are those of the periods; its arguments are those that
    /// <c>period_current.lua</c> names, and <paramref name="own"/>.
    /// </summary>
    /// <param name="script">The script.</param>
    /// <param name="key">The key of all time.</param>
    /// <param name="suffix">What stands behind the key of a period.</param>
    /// <param name="own">The script's own arguments.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    /// <returns>What the script replies. Null or nil where nothing was changed and <see cref="WriteAsync"/> has to be called: so it is before the server's time is known.</returns>
    private protected ValueTask<RedisResult?> WriteNowAsync(RedisScript script, RedisKey key, ReadOnlySpan<byte> suffix, ReadOnlySpan<RedisValue> own, CancellationToken cancellationToken)
    {
        const int Shared = 2;
        cancellationToken.ThrowIfCancellationRequested();
        bool isTimed = PeriodSchema.Units != PeriodUnits.AllTime;
        long now = 0;
        if (isTimed && !Redis.Clock.TryGetNow(Redis, PeriodSchema, key, out now))
        {
            return default;
        }

        PeriodMoment moment = Calendar.At(now);
        PeriodWindow[] windows = moment.Windows;
        var keys = new RedisKey[windows.Length];
        var arguments = new RedisValue[Shared + own.Length + windows.Length];
        bool isServer = Redis.Clock.IsServer;
        arguments[0] = isTimed && isServer ? moment.LowText : RedisValue.EmptyString;
        arguments[1] = isTimed && isServer ? moment.HighText : RedisValue.EmptyString;
        own.CopyTo(arguments.AsSpan(Shared + windows.Length));
        for (int i = 0; i < windows.Length; i++)
        {
            PeriodWindow window = windows[i];
            keys[i] = (byte[])[.. (byte[])key!, .. window.Suffix, .. suffix];
            arguments[Shared + i] = window.Until == 0 || isServer ? window.UntilText : window.Until - now;
        }

        return ScriptWait.Evaluate(script, Redis, PeriodSchema, keys, arguments, cancellationToken)!;
    }

    /// <summary>
    /// Calls a script that writes to the periods of a time, again where the server's clock says that they are others. See <c>period_now.lua</c>: it replies with a table, of 0
    /// and its time where it has changed nothing for that reason, and else of 1 and what it has to say.
    /// </summary>
    /// <param name="script">The script.</param>
    /// <param name="key">The key of all time.</param>
    /// <param name="at">The time of the caller's choice, or null for now.</param>
    /// <param name="state">What <paramref name="call"/> needs.</param>
    /// <param name="call">Makes the keys and arguments of the call. The first three arguments are <see cref="PeriodWrite.Now"/>, <see cref="PeriodWrite.Low"/> and <see cref="PeriodWrite.High"/>.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    private protected async ValueTask<RedisResult[]> WriteAsync<TState>(
        RedisScript script, RedisKey key, DateTimeOffset? at, TState state, Func<PeriodWrite, TState, (RedisKey[] Keys, RedisValue[] Arguments)> call, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            PeriodWrite write = await BeginAsync(key, at, cancellationToken).ConfigureAwait(false);
            (RedisKey[] keys, RedisValue[] arguments) = call(write, state);
            var reply = (RedisResult[])(await ScriptWait.Evaluate(script, Redis, PeriodSchema, keys, arguments, cancellationToken).ConfigureAwait(false))!;
            if (!IsRefused(reply))
            {
                return reply;
            }

            CheckAttempt(attempt, key);
        }
    }

    /// <summary>The same of many calls, pipelined: one round trip per 1,000, one more where midnight comes between. No call depends on another.</summary>
    private protected async Task WriteManyAsync(
        RedisScript script,
        int count,
        Func<int, RedisKey> keyOf,
        DateTimeOffset? at,
        Func<int, PeriodWrite, (RedisKey[] Keys, RedisValue[] Arguments)> call,
        Action<int, RedisResult[]> receive,
        CancellationToken cancellationToken)
    {
        int[] left = [.. Enumerable.Range(0, count)];
        for (int attempt = 1; left.Length > 0; attempt++)
        {
            PeriodWrite write = await BeginAsync(keyOf(left[0]), at, cancellationToken).ConfigureAwait(false);
            int[] sent = left;
            var refused = new List<int>();
            await Pipeline.RunScriptAsync(
                Redis,
                PeriodSchema,
                script,
                sent.Length,
                i => call(sent[i], write),
                (i, _, result) =>
                {
                    var reply = (RedisResult[])result!;
                    if (IsRefused(reply))
                    {
                        refused.Add(sent[i]);
                    }
                    else
                    {
                        receive(sent[i], reply);
                    }
                },
                cancellationToken).ConfigureAwait(false);
            left = [.. refused];
            if (left.Length > 0)
            {
                CheckAttempt(attempt, keyOf(left[0]));
            }
        }
    }

    /// <summary>
    /// The keys of all periods that a key of all time may have now, whether they exist or not, in pages. Where periods stay for ever, those that exist, by a SCAN of every
    /// primary: O(keys of the database).
    /// </summary>
    private async IAsyncEnumerable<RedisKey[]> PeriodKeysAsync(RedisKey key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int PageSize = 500;
        long now = await NowAsync(key, cancellationToken).ConfigureAwait(false);
        var page = new List<RedisKey>(PageSize);
        foreach (PeriodUnits unit in Calendar.Units)
        {
            // Times that callers give are at most a little ahead, and clocks of others may be by as much as a period begins early.
            Period period = unit == PeriodUnits.AllTime ? Period.AllTime : Calendar.Of(unit, now + (long)Ahead.TotalMilliseconds).Add(1);
            while (unit == PeriodUnits.AllTime || Calendar.UntilOf(period) > now)
            {
                page.Add(KeyOf(key, period));
                if (page.Count == PageSize)
                {
                    yield return [.. page];
                    page.Clear();
                }

                if (unit == PeriodUnits.AllTime || PeriodSchema.Retention == Timeout.InfiniteTimeSpan)
                {
                    break;
                }

                period = period.Add(-1);
            }
        }

        yield return [.. page];
        if (PeriodSchema.Retention != Timeout.InfiniteTimeSpan)
        {
            yield break;
        }

        string pattern = KeyScan.EscapeGlob((string)key!) + ":?:*";
        await foreach (byte[][] found in KeyScan.PagesAsync(Redis, PeriodSchema, pattern, PeriodSchema.RedisType, pageSize: 1000, cancellationToken).ConfigureAwait(false))
        {
            yield return Array.ConvertAll(found, static name => (RedisKey)name);
        }
    }

    /// <summary>Takes a step for each page of <see cref="PeriodKeysAsync"/>, which may be empty, one after the other, and adds up what they reply.</summary>
    private protected async ValueTask<long> ForPeriodsAsync(RedisKey key, Func<RedisKey[], ValueTask<long>> step, CancellationToken cancellationToken)
    {
        long sum = 0;
        await foreach (RedisKey[] page in PeriodKeysAsync(key, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            sum += await step(page).ConfigureAwait(false);
        }

        return sum;
    }

    private async ValueTask<PeriodWrite> BeginAsync(RedisKey key, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        long now = await NowAsync(key, cancellationToken).ConfigureAwait(false);
        RedisValue clock = Redis.Clock.IsServer ? RedisValue.EmptyString : now;
        if (at is not { } moment)
        {
            PeriodMoment current = Calendar.At(now);
            return new(current, clock, current.LowText, current.HighText);
        }

        long milliseconds = moment.ToUnixTimeMilliseconds();
        return milliseconds <= now + (long)Ahead.TotalMilliseconds
            ? new(Calendar.At(milliseconds), clock, RedisValue.EmptyString, RedisValue.EmptyString)
            : throw new ArgumentOutOfRangeException(
                nameof(at), at, string.Create(CultureInfo.InvariantCulture, $"{PeriodSchema.Model}: what is written has happened, but it is {DateTimeOffset.FromUnixTimeMilliseconds(now):u} for '{Redis.FullKey(key)}'. Nothing was written."));
    }

    private bool IsRefused(RedisResult[] reply)
    {
        if ((long)reply[0] != 0)
        {
            return false;
        }

        Redis.Clock.Observe((long)reply[1]);
        return true;
    }

    private void CheckAttempt(int attempt, RedisKey key)
    {
        if (attempt == Attempts)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"{PeriodSchema.Model}: the server of '{Redis.FullKey(key)}' gave {Attempts} times a time of another period than before. Its clock jumps: have it synchronised. Nothing was written."));
        }
    }

    private void CheckUnit(PeriodUnits unit)
    {
        if (unit == PeriodUnits.None || !PeriodSchema.Units.HasFlag(unit))
        {
            throw new ArgumentException($"{PeriodSchema.Model} has {PeriodSchema.Units}, no period of the unit {unit}. Ask for one that it has, or declare the unit.", nameof(unit));
        }
    }
}

/// <summary>The periods that a write goes to.</summary>
/// <param name="Moment">The periods.</param>
/// <param name="Now">The first argument: the clock that rules, or empty for the server's.</param>
/// <param name="Low">The second: from when they are the right ones.</param>
/// <param name="High">The third: until when.</param>
internal readonly record struct PeriodWrite(PeriodMoment Moment, RedisValue Now, RedisValue Low, RedisValue High);
