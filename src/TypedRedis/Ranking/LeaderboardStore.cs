using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Ranks members by a score. The emitted <c>{Model}Leaderboard</c> types derive from it. Thread-safe; cheap to make.</summary>
/// <remarks>
/// <para>
/// Reads take the window last: <see cref="Period.Today"/>, <see cref="Period.LastWeek"/>, <c>Period.Day(2026, 11, 21)</c>. Without one they read that of all time, or where the
/// model does not declare it the current one of the shortest unit. A window that nobody has submitted to, or whose retention is over, is empty. n is how many members a
/// window has. A call reads 5,000 members at most, so that none keeps the server from others. The first call of a context that depends on the time, a read of a current
/// window too, asks the server for it, which is one more round trip.
/// </para>
/// <para>
/// All errors name model and key. A call that fails with anything but the errors listed at it (a lost connection, a timeout) may or may not have been carried out; cancelling
/// a call stops the wait, not the write.
/// </para>
/// </remarks>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
/// <typeparam name="TMember">The member's type; a tuple of several.</typeparam>
/// <typeparam name="TScore">The score's type.</typeparam>
/// <typeparam name="TMapper">The model's mapper.</typeparam>
public abstract partial class LeaderboardStore<TEntity, TKey, TMember, TScore, TMapper> : PeriodStore<TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMember : notnull
    where TScore : struct
    where TMapper : struct, ILeaderboardMapper<TEntity, TKey, TMember, TScore>
{
    private const int MostMembers = 5000;
    private const int StampLength = 8;

    /// <summary>Makes a store.</summary>
    protected LeaderboardStore(RedisContext redis)
        : base(redis)
    {
    }

    /// <summary>Makes a test double: a derived class that overrides what its test calls.</summary>
    protected LeaderboardStore()
    {
    }

    private protected sealed override PeriodSchema PeriodSchema => TMapper.Schema;

    private static bool IsByArrival => TMapper.Schema.Ties == LeaderboardTies.FirstArrival;

    private static bool IsLowestFirst => TMapper.Schema.Mode == LeaderboardMode.Lowest;

    // As scripts take them, made once.
    private static readonly RedisValue First = IsLowestFirst ? "low" : "high";

    // Which stamps stand before members, or none.
    private static readonly RedisValue Arrival = IsByArrival ? First : RedisValue.EmptyString;

    private static readonly RedisValue Mode = TMapper.Schema.Mode switch
    {
        LeaderboardMode.Best => "best",
        LeaderboardMode.Lowest => "lowest",
        LeaderboardMode.Latest => "latest",
        _ => "sum",
    };

    private static readonly RedisValue LargestSumText = ValueFormat.Of<long>(LargestSum);

    // Sums of integers are exact up to 2^53 and fit their type, sums of doubles are what adding doubles gives: 0.
    private static long LargestSum => typeof(TScore) == typeof(double) ? 0 : typeof(TScore) == typeof(int) ? int.MaxValue : 1L << 53;

    private static string RangeOfSums
        => typeof(TScore) == typeof(double) ? "the range of a double" : typeof(TScore) == typeof(int) ? "the range of an integer of 32 bits" : "±2^53, beyond which a score is not exact";

    private static RedisKey CompanionOf(RedisKey window) => Append(window, ":a"u8);

    private static RedisKey HistoryOf(RedisKey key, RedisValue member) => Append(Append(key, ":s:"u8), (byte[]?)member ?? []);

    // A window, with its companion where the model has such.
    private static RedisKey[] Keys(RedisKey window) => IsByArrival ? [window, CompanionOf(window)] : [window];

    private PeriodUnits DefaultUnit => TMapper.Schema.Units.HasFlag(PeriodUnits.AllTime) ? PeriodUnits.AllTime : Calendar.Units[0];

    private ValueTask<Period> PeriodOfAsync(RedisKey key, Period? window, CancellationToken cancellationToken)
        => ResolveAsync(key, window ?? Period.Current(DefaultUnit), cancellationToken);

    private async ValueTask<RedisKey> WindowAsync(RedisKey key, Period? window, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return KeyOf(key, await PeriodOfAsync(key, window, cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask<RedisResult[]> EvaluateAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken)
        => (RedisResult[])(await ScriptWait.Evaluate(script, Redis, PeriodSchema, keys, arguments, cancellationToken).ConfigureAwait(false))!;

    private ValueTask<T> WaitAsync<T>(Task<T> task, RedisKey key, CancellationToken cancellationToken)
        => OperationWait<T>.For(task, Redis, PeriodSchema, key, cancellationToken);

    // The same of what belongs to a window, which is of another type.
    private async ValueTask<T> WaitAsync<T>(Task<T> task, RedisKey key, string type, CancellationToken cancellationToken)
    {
        try
        {
            return await WaitAsync(task, key, cancellationToken).ConfigureAwait(false);
        }
        catch (RedisWrongTypeException error)
        {
            throw new RedisWrongTypeException(PeriodSchema.Model, Redis.FullKey(key), type, error);
        }
    }

    // Integers as such, which the server reads fastest.
    private static RedisValue Text(double score)
        => (long)score == score && Math.Abs(score) < 1L << 53 ? (long)score : score.ToString("R", CultureInfo.InvariantCulture);

    private LeaderboardEntry<TMember, TScore> Entry(in CodecContext context, RedisKey window, long index, RedisValue stored, double score)
        => new(index + 1, TMapper.ReadMember(MemberIn(window, stored), context), TMapper.ReadScore(score, context));

    // Members and scores by turns.
    private LeaderboardEntry<TMember, TScore>[] Entries(RedisKey window, long first, RedisResult[] pairs)
    {
        CodecContext context = Context(window);
        var entries = new LeaderboardEntry<TMember, TScore>[pairs.Length / 2];
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = Entry(context, window, first + i, (RedisValue)pairs[2 * i], (double)pairs[(2 * i) + 1]);
        }

        return entries;
    }

    private RedisValue MemberIn(RedisKey window, RedisValue stored) => IsByArrival ? StampedBytes(window, stored)[StampLength..] : stored;

    private byte[] StampedBytes(RedisKey window, RedisValue stored)
    {
        byte[] bytes = stored!;

        // Arrivals are counted to 2^53, so that a stamp begins with eleven bits that are 0.
        return bytes.Length >= StampLength && bytes[0] == 0 && bytes[1] < 32
            ? bytes
            : throw new RedisDecodeException(
                $"{TMapper.Schema.Model}: '{Redis.FullKey(window)}' holds the member '{Printable.Of(bytes)}', before which no arrival stands. Another program wrote it, or the model's Ties have changed: delete the board, or give the model another key.",
                TMapper.Schema.Model,
                Redis.FullKey(window),
                "(member)",
                Printable.Of(bytes));
    }

    private static void CheckCount(int count, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count, name);
        if (count > MostMembers)
        {
            throw new ArgumentOutOfRangeException(name, count, string.Create(CultureInfo.InvariantCulture, $"A call reads {MostMembers} members at most. Read the others by further calls."));
        }
    }
}
