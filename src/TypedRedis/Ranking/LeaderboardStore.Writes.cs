using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis;

public abstract partial class LeaderboardStore<TEntity, TKey, TMember, TScore, TMapper>
{
    // What a script does at most, in changes of one member in one window: a few milliseconds at a million members.
    private const int ChangesPerCall = 400;
    private const int MembersPerCall = 200;

    [LuaScript(File = "leaderboard_submit.lua")]
    private static partial RedisScript SubmitScript { get; }

    [LuaScript(File = "leaderboard_submit_one.lua")]
    internal static partial RedisScript SubmitOneScript { get; }

    [LuaScript(File = "leaderboard_remove.lua")]
    private static partial RedisScript RemoveScript { get; }

    /// <summary>
    /// Submits a score to all windows, and to the member's history where the model keeps one. One round trip, atomic; one more for the first write of a context, and up to two
    /// where the server's clock has passed a boundary of the windows that this process has not. O(windows * log n).
    /// </summary>
    /// <param name="entity">What was scored.</param>
    /// <param name="at">When it was scored, which decides on the windows; null for now. A window whose retention is over is not written to.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    /// <returns>Whether the member's score in any window has changed.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="at"/> is more than five minutes ahead. Nothing was written.</exception>
    /// <exception cref="OverflowException">A sum of integers leaves ±2^53, beyond which a double is not exact, or the range of an <see cref="int"/> where the score is one; or one of doubles becomes infinite. Nothing was changed in any window.</exception>
    /// <exception cref="RedisEncodeException">The member has no UTF-8 form, or a double cannot hold the score exactly. Nothing was sent.</exception>
    /// <exception cref="RedisWrongTypeException">A key holds another type of value. Nothing was changed.</exception>
    /// <exception cref="RedisOperationTimeoutException">The server did not answer within <see cref="RedisContextOptions.OperationTimeout"/>.</exception>
    public virtual Task<bool> SubmitAsync(TEntity entity, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return SubmitAsync(TMapper.KeyOf(entity), TMapper.MemberOf(entity), TMapper.ScoreOf(entity), at, cancellationToken);
    }

    /// <inheritdoc cref="SubmitAsync(TEntity, DateTimeOffset?, CancellationToken)"/>
    /// <param name="key">The board.</param>
    /// <param name="member">The member.</param>
    /// <param name="score">Its score.</param>
    /// <param name="at">When it was scored, which decides on the windows; null for now. A window whose retention is over is not written to.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    public virtual async Task<bool> SubmitAsync(TKey key, TMember member, TScore score, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        if (IsPlain && at is null)
        {
            RedisKey redisKey = key.ToRedisKey();
            CodecContext context = Context(redisKey);
            RedisValue written = Text(TMapper.WriteScore(score, context)), name = TMapper.WriteMember(member, context);
            if (TMapper.Schema.Mode == LeaderboardMode.Latest && TMapper.Schema.Units == PeriodUnits.AllTime)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return (bool)await WaitAsync(AdHocCommand.ExecuteAsync(Database, "ZADD", redisKey, "CH", written, name), redisKey, cancellationToken).ConfigureAwait(false);
            }

            ValueTask<RedisResult?> wait = WriteNowAsync(
                SubmitOneScript, redisKey, [], TMapper.Schema.Mode == LeaderboardMode.Sum ? [Mode, written, name, LargestSumText] : [Mode, written, name], cancellationToken);
            if (await wait.ConfigureAwait(false) is { IsNull: false } changed)
            {
                return (long)changed == 1;
            }
        }

        return (long)(await SubmitOneAsync(key, member, score, PeriodUnits.None, at, cancellationToken).ConfigureAwait(false))[1] > 0;
    }

    /// <summary>Submits a score, as <see cref="SubmitAsync(TEntity, DateTimeOffset?, CancellationToken)"/> does, and says in the same atomic step where the member stands.</summary>
    /// <param name="entity">What was scored.</param>
    /// <param name="window">In which of the windows that are written to; null for that of all time, or where there is none the shortest.</param>
    /// <param name="at">When it was scored, which decides on the windows; null for now.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    /// <returns>The member's rank and its score after the submission; null where that window's retention is over.</returns>
    /// <exception cref="ArgumentException">The model does not have that window.</exception>
    /// <inheritdoc cref="SubmitAsync(TEntity, DateTimeOffset?, CancellationToken)" path="/exception"/>
    public virtual Task<LeaderboardEntry<TMember, TScore>?> SubmitAndRankAsync(
        TEntity entity, PeriodUnits? window = null, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return SubmitAndRankAsync(TMapper.KeyOf(entity), TMapper.MemberOf(entity), TMapper.ScoreOf(entity), window, at, cancellationToken);
    }

    /// <inheritdoc cref="SubmitAndRankAsync(TEntity, PeriodUnits?, DateTimeOffset?, CancellationToken)"/>
    /// <param name="key">The board.</param>
    /// <param name="member">The member.</param>
    /// <param name="score">Its score.</param>
    /// <param name="window">In which of the windows that are written to; null for that of all time, or where there is none the shortest.</param>
    /// <param name="at">When it was scored, which decides on the windows; null for now.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    public virtual async Task<LeaderboardEntry<TMember, TScore>?> SubmitAndRankAsync(
        TKey key, TMember member, TScore score, PeriodUnits? window = null, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        PeriodUnits unit = window ?? DefaultUnit;
        if (Array.IndexOf(Calendar.Units, unit) < 0)
        {
            throw new ArgumentException($"{TMapper.Schema.Model} has the windows {TMapper.Schema.Units}, none of the unit {unit}.", nameof(window));
        }

        RedisResult[] reply = await SubmitOneAsync(key, member, score, unit, at, cancellationToken).ConfigureAwait(false);
        return reply.Length == 4 ? new((long)reply[2] + 1, member, TMapper.ReadScore((double)reply[3], Context(key.ToRedisKey()))) : null;
    }

    /// <summary>
    /// Submits many scores, of any boards. Those of one member are joined beforehand, and a script writes up to 200 members: pipelined, one round trip per 1,000 submissions
    /// and more; each script is atomic, the batch as a whole is not. The order of members with equal scores is that of the submissions that gave them. A score that comes back
    /// to what it was within the batch counts as unchanged. O(submissions * windows * log n).
    /// </summary>
    /// <param name="entities">What was scored.</param>
    /// <param name="at">When, of all of them; null for now.</param>
    /// <param name="cancellationToken">Stops the wait, not the writes.</param>
    /// <returns>Of how many members the score in any window has changed.</returns>
    /// <exception cref="OverflowException">A sum leaves its range, or becomes infinite. Nothing of the script that would have written it was changed; others were carried out.</exception>
    /// <inheritdoc cref="SubmitAsync(TEntity, DateTimeOffset?, CancellationToken)" path="/exception"/>
    public virtual async Task<int> SubmitManyAsync(IEnumerable<TEntity> entities, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        List<Batch> batches = Batches(BatchOrder.Materialize(entities));
        long changed = 0;
        OverflowException? overflow = null;
        await WriteManyAsync(
            SubmitScript,
            batches.Count,
            i => batches[i].Key,
            at,
            (i, write) => Submission(write, batches[i].Key, batches[i].Scores, PeriodUnits.None, at),
            (i, reply) =>
            {
                if ((long)reply[0] == 1)
                {
                    changed += (long)reply[1];
                }
                else
                {
                    overflow ??= Overflow(batches[i].Key, batches[i].Scores[(int)(long)reply[1] - 1].Member, (long)reply[2]);
                }
            },
            cancellationToken).ConfigureAwait(false);
        return overflow is null ? (int)changed : throw overflow;
    }

    /// <summary>
    /// Removes a member from all windows that are kept, with its history. One round trip per 500 windows, each atomic. O(windows * log n); where windows stay for ever also
    /// O(keys of the database), because a SCAN has to find them. Windows that were written while <c>Retention</c> was longer are not among them: they expire as they were to.
    /// </summary>
    /// <returns>Whether it was in any of them.</returns>
    /// <exception cref="RedisWrongTypeException">A key holds another type of value. Nothing was changed by that step.</exception>
    public virtual async Task<bool> RemoveAsync(TKey key, TMember member, CancellationToken cancellationToken = default)
    {
        RedisKey redisKey = key.ToRedisKey();
        RedisValue written = TMapper.WriteMember(member, Context(redisKey));
        RedisKey[] history = TMapper.Schema.History > 0 ? [HistoryOf(redisKey, written)] : [];
        return await ForPeriodsAsync(redisKey, RemovePageAsync, cancellationToken).ConfigureAwait(false) > 0;

        // The history goes with the first windows.
        async ValueTask<long> RemovePageAsync(RedisKey[] page)
        {
            RedisKey[] keys = [.. page.SelectMany(Keys), .. history];
            RedisValue[] arguments = [written, IsByArrival ? 1 : 0, history.Length];
            history = [];
            return keys.Length == 0 ? 0 : (long)await ScriptWait.Evaluate(RemoveScript, Redis, PeriodSchema, keys, arguments, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Deletes a board: all windows that are kept, and the histories of its members. One round trip per 500 windows, each atomic. O(windows), the memory is freed in the
    /// background; where the model keeps histories or windows stay for ever also O(keys of the database), because a SCAN has to find them. Windows that were written while
    /// <c>Retention</c> was longer are not among them: they expire as they were to, or are deleted one by one.
    /// </summary>
    /// <returns>Whether there was any of it.</returns>
    /// <exception cref="RedisWrongTypeException">A key holds another type of value. Nothing was deleted by that step.</exception>
    public virtual async Task<bool> DeleteAsync(TKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        bool deleted = await ForPeriodsAsync(redisKey, page => DeleteWindowsAsync(page, cancellationToken), cancellationToken).ConfigureAwait(false) > 0;
        if (TMapper.Schema.History > 0)
        {
            deleted |= await DeleteHistoriesAsync(redisKey, cancellationToken).ConfigureAwait(false);
        }

        return deleted;
    }

    /// <summary>Deletes a window. One round trip, atomic. O(1); the memory is freed in the background.</summary>
    /// <returns>Whether it had any members.</returns>
    /// <exception cref="ArgumentException">The model does not have windows of that unit.</exception>
    /// <exception cref="RedisWrongTypeException">The key holds another type of value, which stays.</exception>
    public virtual async Task<bool> DeleteAsync(TKey key, Period window, CancellationToken cancellationToken = default)
        => await DeleteWindowsAsync([await WindowAsync(key.ToRedisKey(), window, cancellationToken).ConfigureAwait(false)], cancellationToken).ConfigureAwait(false) > 0;

    private ValueTask<long> DeleteWindowsAsync(RedisKey[] windows, CancellationToken cancellationToken)
        => IsByArrival
            ? PeriodKeys.DeleteAsync(Redis, PeriodSchema, [.. windows.SelectMany(Keys)], [.. windows.SelectMany(static _ => (RedisValue[])["zset", "hash"])], cancellationToken)
            : PeriodKeys.DeleteAsync(Redis, PeriodSchema, windows, ["zset"], cancellationToken);

    // Sorted sets are all there is.
    private static bool IsPlain => TMapper.Schema is { Ties: LeaderboardTies.Lexicographic, History: 0, Expiry: null };

    private async ValueTask<RedisResult[]> SubmitOneAsync(TKey key, TMember member, TScore score, PeriodUnits ranked, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        RedisKey redisKey = key.ToRedisKey();
        CodecContext context = Context(redisKey);
        double written = TMapper.WriteScore(score, context);
        Submitted[] scores = [new(TMapper.WriteMember(member, context), written, TMapper.Schema.History > 0 ? [written] : [])];
        RedisResult[] reply = await WriteAsync(
            SubmitScript,
            redisKey,
            at,
            (Store: this, Key: redisKey, Scores: scores, Ranked: ranked, At: at),
            static (write, state) => state.Store.Submission(write, state.Key, state.Scores, state.Ranked, state.At),
            cancellationToken).ConfigureAwait(false);
        return (long)reply[0] == 1 ? reply : throw Overflow(redisKey, scores[0].Member, (long)reply[2]);
    }

    // The keys and arguments of leaderboard_submit.lua.
    private (RedisKey[] Keys, RedisValue[] Arguments) Submission(PeriodWrite write, RedisKey key, Submitted[] scores, PeriodUnits ranked, DateTimeOffset? at)
    {
        const int Fixed = 13;
        LeaderboardSchema schema = TMapper.Schema;
        PeriodWindow[] windows = write.Moment.Windows;
        bool hasHistory = schema.History > 0;
        var keys = new RedisKey[(windows.Length * (IsByArrival ? 2 : 1)) + (hasHistory ? scores.Length : 0)];
        var arguments = new RedisValue[Fixed + windows.Length + (hasHistory ? scores.Sum(static one => 3 + one.Past.Length) : 2 * scores.Length)];
        arguments[0] = write.Now;
        arguments[1] = write.Low;
        arguments[2] = write.High;
        arguments[3] = Mode;
        arguments[4] = Arrival;
        arguments[5] = LargestSumText;
        arguments[6] = windows.Length;
        arguments[7] = schema.History;
        arguments[8] = schema.HistoryRetention == Timeout.InfiniteTimeSpan ? 0 : (long)schema.HistoryRetention.TotalMilliseconds;
        arguments[9] = at is { } moment ? moment.ToUnixTimeMilliseconds() : RedisValue.EmptyString;
        arguments[10] = 0;
        arguments[11] = schema.ExpiryMilliseconds;
        arguments[12] = schema.Sliding ? 1 : 0;
        for (int w = 0; w < windows.Length; w++)
        {
            PeriodWindow window = windows[w];
            keys[w] = Append(key, window.Suffix);
            if (IsByArrival)
            {
                keys[windows.Length + w] = CompanionOf(keys[w]);
            }

            arguments[Fixed + w] = window.Period.Unit == PeriodUnits.AllTime && schema.Expiry is not null ? RedisValue.EmptyString : window.UntilText;
            if (window.Period.Unit == ranked)
            {
                arguments[10] = w + 1;
            }
        }

        int next = Fixed + windows.Length;
        for (int m = 0; m < scores.Length; m++)
        {
            arguments[next++] = scores[m].Member;
            arguments[next++] = Text(scores[m].Score);
            if (hasHistory)
            {
                keys[keys.Length - scores.Length + m] = HistoryOf(key, scores[m].Member);
                arguments[next++] = scores[m].Past.Length;
                foreach (double past in scores[m].Past)
                {
                    arguments[next++] = Text(past);
                }
            }
        }

        return (keys, arguments);
    }

    // Joins the scores of each member, so that it does not matter in which order the scripts run, and divides the members among scripts.
    private List<Batch> Batches(TEntity[] entities)
    {
        var boards = new Dictionary<TKey, (RedisKey Key, Dictionary<RedisValue, Joined> Members)>();
        for (int i = 0; i < entities.Length; i++)
        {
            TKey key = TMapper.KeyOf(entities[i]);
            if (!boards.TryGetValue(key, out var board))
            {
                boards.Add(key, board = (key.ToRedisKey(), []));
            }

            CodecContext context = Context(board.Key);
            RedisValue member = TMapper.WriteMember(TMapper.MemberOf(entities[i]), context);
            double score = TMapper.WriteScore(TMapper.ScoreOf(entities[i]), context);
            if (board.Members.TryGetValue(member, out Joined? joined))
            {
                if (!joined.Add(score, i))
                {
                    throw Overflow(board.Key, member, window: 0);
                }
            }
            else
            {
                board.Members.Add(member, new Joined(member, score, i));
            }
        }

        int perMember = Calendar.Units.Length * (IsByArrival ? 3 : 1);
        var batches = new List<Batch>();
        foreach (var (key, members) in boards.Values)
        {
            var scores = new List<Submitted>();
            int changes = 0;
            foreach (Joined one in members.Values.OrderBy(static one => one.DecidedBy))
            {
                Submitted submitted = one.ToSubmitted();
                int cost = perMember + (submitted.Past.Length == 0 ? 0 : 2 + (submitted.Past.Length / 8));
                if (scores.Count == MembersPerCall || (scores.Count > 0 && changes + cost > ChangesPerCall))
                {
                    batches.Add(new Batch(key, [.. scores]));
                    scores.Clear();
                    changes = 0;
                }

                scores.Add(submitted);
                changes += cost;
            }

            batches.Add(new Batch(key, [.. scores]));
        }

        return batches;
    }

    // window: from 1; 0 where the scores of one call are too much by themselves.
    private OverflowException Overflow(RedisKey key, RedisValue member, long window)
    {
        string of = window == 0 ? "the scores of one batch for" : $"the window '{(window > 0 ? Calendar.Units[window - 1] : PeriodUnits.None)}' of";
        return new OverflowException(string.Create(
            CultureInfo.InvariantCulture,
            $"{TMapper.Schema.Model}: the sum of '{Printable.Of((byte[]?)member ?? [])}' in {of} '{Redis.FullKey(key)}' leaves {RangeOfSums}. Nothing was changed."));
    }

    private readonly record struct Batch(RedisKey Key, Submitted[] Scores);

    /// <summary>What is submitted of a member.</summary>
    /// <param name="Member">The member.</param>
    /// <param name="Score">Its score, of several the one that they come to.</param>
    /// <param name="Past">All that were submitted, the last last, as far as the history has room; empty where the model keeps none.</param>
    private readonly record struct Submitted(RedisValue Member, double Score, double[] Past);

    private sealed class Joined(RedisValue member, double score, int position)
    {
        private readonly List<double>? _past = TMapper.Schema.History > 0 ? [score] : null;
        private double _score = score;

        /// <summary>The position of the submission since which the score is what it is.</summary>
        public int DecidedBy { get; private set; } = position;

        /// <returns>False where a sum cannot be held.</returns>
        public bool Add(double score, int position)
        {
            _past?.Add(score);
            double joined = TMapper.Schema.Mode switch
            {
                LeaderboardMode.Best => Math.Max(_score, score),
                LeaderboardMode.Lowest => Math.Min(_score, score),
                LeaderboardMode.Latest => score,
                _ => _score + score,
            };
            if (joined == _score)
            {
                return TMapper.Schema.Mode != LeaderboardMode.Sum || score == 0 || typeof(TScore) == typeof(double);
            }

            if (TMapper.Schema.Mode == LeaderboardMode.Sum
                && (double.IsInfinity(joined) || (typeof(TScore) != typeof(double) && (joined > LargestSum || joined < -(double)LargestSum - 1 || joined - _score != score || joined - score != _score))))
            {
                return false;
            }

            _score = joined;
            DecidedBy = position;
            return true;
        }

        public Submitted ToSubmitted() => new(member, _score, _past is null ? [] : [.. _past.Skip(_past.Count - TMapper.Schema.History)]);
    }
}
