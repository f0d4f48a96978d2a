using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis;

public abstract partial class LeaderboardStore<TEntity, TKey, TMember, TScore, TMapper>
{
    // How long a board lives that is being made, from the last step on: nothing is left of a process that was killed.
    private static readonly TimeSpan MakingLifetime = TimeSpan.FromMinutes(5);

    [LuaScript(File = "leaderboard_merge.lua")]
    private static partial RedisScript MergeScript { get; }

    [LuaScript(File = "leaderboard_swap.lua")]
    private static partial RedisScript SwapScript { get; }

    // With stamps each member takes several commands.
    private static int MergeStep => IsByArrival ? 150 : 300;

    /// <summary>
    /// Makes a window anew of those of other boards: of each member the best of its scores, the lowest, that of the last board that has it, or the sum, as the model's mode is. The boards may be in
    /// other slots. The union is made beside the window, in steps of a few hundred members, and then put into its place in one atomic step: readers see the window as it was or
    /// as it will be, and of a call that fails, or a process that is killed, nothing stays. What is submitted to the window meanwhile is lost with what it held before, unless
    /// it is one of the sources; what is submitted to a source meanwhile may or may not be in it: it is not one moment of all of them. The window keeps its expiry;
    /// histories are not merged. Of members with equal scores the order is that of the sources, and then that which they had there. O(members * log n), about two round
    /// trips per 300 members of the sources, per 150 where ties go by arrival; about three in mode Sum.
    /// </summary>
    /// <param name="sources">The boards that are read, and stay as they are. <paramref name="into"/> may be one of them: what it holds counts only then.</param>
    /// <param name="into">The board whose window is made anew.</param>
    /// <param name="window">The window, of all boards; null for that of all time, or where there is none the current one of the shortest unit.</param>
    /// <param name="cancellationToken">Stops the merge; the window then stays as it is.</param>
    /// <returns>How many members the window has.</returns>
    /// <exception cref="ArgumentException">The model does not have windows of that unit, or the window's retention is over.</exception>
    /// <exception cref="OverflowException">A sum leaves its range, or becomes infinite. The window stays as it is.</exception>
    /// <exception cref="RedisDecodeException">Ties go by arrival, and before a member of a source stands none. The window stays as it is.</exception>
    /// <exception cref="RedisWrongTypeException">A key holds another type of value. The window stays as it is.</exception>
    /// <exception cref="RedisOperationTimeoutException">The server did not answer a step within <see cref="RedisContextOptions.OperationTimeout"/>.</exception>
    public virtual async Task<long> MergeAsync(IEnumerable<TKey> sources, TKey into, Period? window = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        RedisKey board = into.ToRedisKey();
        RedisKey[] keys = [.. sources.Select(static source => source.ToRedisKey())];
        cancellationToken.ThrowIfCancellationRequested();
        Period period = await PeriodOfAsync(board, window, cancellationToken).ConfigureAwait(false);
        RedisValue until = period.Unit == PeriodUnits.AllTime ? RedisValue.EmptyString : Calendar.UntilOf(period);
        long now = await NowAsync(board, cancellationToken).ConfigureAwait(false);
        if ((long)Calendar.UntilOf(period) is > 0 and long end && end <= now)
        {
            throw new ArgumentException($"{TMapper.Schema.Model}: the window {period} of '{Redis.FullKey(board)}' is not kept any more, so nothing can be merged into it.", nameof(window));
        }

        RedisKey target = KeyOf(board, period);
        RedisKey making = Append(board, System.Text.Encoding.ASCII.GetBytes($":merge:{Guid.NewGuid():n}"));
        var made = new HashSet<RedisKey> { making };
        try
        {
            long arrivals = 0, read = 0;
            for (int i = 0; i < keys.Length; i++)
            {
                RedisKey source = KeyOf(keys[i], period);
                if (TMapper.Schema.Mode == LeaderboardMode.Sum && i > 0)
                {
                    // A walk may come to a member twice. Written that is no matter, added up it is: so the board is copied first, and then added by rank.
                    RedisKey copy = Append(making, System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $":{i}")));
                    made.Add(copy);
                    read += await CopyAsync(source, copy, "latest", arrivals: 0, cancellationToken).ConfigureAwait(false);
                    await AddAsync(copy, making, arrivals, board, cancellationToken).ConfigureAwait(false);
                    await DiscardAsync([copy]).ConfigureAwait(false);
                }
                else
                {
                    read += await CopyAsync(source, making, TMapper.Schema.Mode == LeaderboardMode.Sum ? "latest" : Mode, arrivals, cancellationToken).ConfigureAwait(false);
                }

                if (IsByArrival)
                {
                    RedisKey companion = CompanionOf(source);
                    arrivals += (long)await WaitAsync(Database.HashGetAsync(companion, (byte[])[255]), companion, "hash", cancellationToken).ConfigureAwait(false);
                }
            }

            RedisKey[] swapped = [making, CompanionOf(making), target, CompanionOf(target), Append(making, ":none"u8)];
            RedisValue clock = Redis.Clock.IsServer ? RedisValue.EmptyString : now;
            RedisValue[] arguments = [clock, until, TMapper.Schema.ExpiryMilliseconds, IsByArrival ? arrivals : RedisValue.EmptyString, read > 0 ? 1 : 0];
            long count = (long)await ScriptWait.Evaluate(SwapScript, Redis, PeriodSchema, swapped, arguments, cancellationToken).ConfigureAwait(false);
            return count >= 0
                ? count
                : throw new InvalidOperationException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{TMapper.Schema.Model}: the merge into '{Redis.FullKey(target)}' stood still for {MakingLifetime.TotalMinutes:0} minutes, after which what it had made was dropped. The window is as it was; merge again."));
        }
        catch
        {
            await DiscardAsync(made).ConfigureAwait(false);
            throw;
        }
    }

    // Walks over a window and puts its members into a board that is being made. The walk sees every member that is there all the time, some twice.
    private async ValueTask<long> CopyAsync(RedisKey source, RedisKey making, RedisValue mode, long arrivals, CancellationToken cancellationToken)
    {
        RedisValue cursor = "0";
        long read = 0;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task<RedisResult> scan = AdHocCommand.ExecuteAsync(Database, "ZSCAN", source, cursor, "COUNT", MergeStep);
            var page = (RedisResult[])(await WaitAsync(scan, source, cancellationToken).ConfigureAwait(false))!;
            cursor = (RedisValue)page[0];
            var pairs = (RedisValue[])page[1]!;

            // A small window comes as a whole, a page of a large one can be several times what was asked for.
            foreach (RedisValue[] step in pairs.Chunk(2 * MergeStep))
            {
                CheckStamps(source, step);
                read += await MergeStepAsync(making, copy: null, [.. MergeArguments(mode, arrivals), .. step], cancellationToken).ConfigureAwait(false);
            }
        }
        while (cursor != "0");
        return read;
    }

    private void CheckStamps(RedisKey window, RedisValue[] pairs)
    {
        for (int i = 0; IsByArrival && i < pairs.Length; i += 2)
        {
            _ = StampedBytes(window, pairs[i]);
        }
    }

    // Adds a board that nobody changes.
    private async ValueTask AddAsync(RedisKey copy, RedisKey making, long arrivals, RedisKey board, CancellationToken cancellationToken)
    {
        for (long from = 0; ; from += MergeStep)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RedisValue[] arguments = [.. MergeArguments(Mode, arrivals), from, from + MergeStep - 1];
            long added = await MergeStepAsync(making, copy, arguments, cancellationToken).ConfigureAwait(false);
            if (added < 0)
            {
                throw new OverflowException($"{TMapper.Schema.Model}: a member's sum in the merge into '{Redis.FullKey(board)}' leaves {RangeOfSums}. The window is as it was.");
            }

            if (added < MergeStep)
            {
                return;
            }
        }
    }

    private async ValueTask<long> MergeStepAsync(RedisKey making, RedisKey? copy, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        RedisKey[] keys = copy is { } from ? [making, CompanionOf(making), from] : [making, CompanionOf(making)];
        return (long)await ScriptWait.Evaluate(MergeScript, Redis, PeriodSchema, keys, arguments, cancellationToken).ConfigureAwait(false);
    }

    private static RedisValue[] MergeArguments(RedisValue mode, long arrivals) => [mode, Arrival, LargestSumText, (long)MakingLifetime.TotalMilliseconds, arrivals];

    // They expire in any case.
    private async ValueTask DiscardAsync(IEnumerable<RedisKey> made)
    {
        try
        {
            RedisKey[] keys = [.. made.SelectMany(static key => (RedisKey[])[key, CompanionOf(key)])];
            RedisValue[] types = [.. keys.Select(static (_, i) => (RedisValue)(i % 2 == 0 ? "zset" : "hash"))];
            await PeriodKeys.DeleteAsync(Redis, PeriodSchema, keys, types, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is RedisException or TimeoutException or RedisModelException or ObjectDisposedException)
        {
            // What stopped the merge stops this, too.
        }
    }
}
