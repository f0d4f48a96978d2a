using System.Globalization;
using System.Numerics;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// Records which members were active in calendar periods, a bit for each. The emitted <c>{Model}Bitmap</c> types derive from it. Thread-safe; cheap to make.
/// </summary>
/// <remarks>
/// A period is kept in segments of 512,000 bits, a key each, all in one cluster slot. <i>Segments</i> in what calls cost are those up to the largest id. All errors name model
/// and key. Which period it is, the server's clock says: the first call of a context that depends on the time asks the server for it, which is one more round trip, and a write
/// that comes just as a period ends is made again, which is up to two. A call that fails with anything but the errors listed at it (a lost connection, a timeout) may or may not have been
/// carried out; it can be made again. Cancelling a call stops the wait, not the write.
/// </remarks>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
/// <typeparam name="TMember">The member's type; a tuple of several.</typeparam>
/// <typeparam name="TMapper">The model's mapper.</typeparam>
public abstract partial class ActivityBitmapStore<TEntity, TKey, TMember, TMapper> : PeriodStore<TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMember : notnull
    where TMapper : struct, IActivityBitmapMapper<TEntity, TKey, TMember>
{
    /// <summary>Makes a store.</summary>
    protected ActivityBitmapStore(RedisContext redis)
        : base(redis)
    {
    }

    /// <summary>Makes a test double: a derived class that overrides what its test calls.</summary>
    protected ActivityBitmapStore()
    {
    }

    private protected sealed override PeriodSchema PeriodSchema => TMapper.Schema;

    private static bool IsMapped => TMapper.Schema.IsMapped;

    private static int Segments => BitmapCommands.Segments(TMapper.Schema.MaxId);

    // Every member may need a segment of its own, in every unit.
    private static readonly int MarkedAtOnce = Math.Min(Segments, BitmapCommands.MarkedAtOnce) * BitOperations.PopCount((uint)TMapper.Schema.Units) <= BitmapCommands.MarkedAtOnce
        ? BitmapCommands.MarkedAtOnce
        : BitmapCommands.MarkedAtOnce / BitOperations.PopCount((uint)TMapper.Schema.Units);

    /// <inheritdoc cref="MarkAsync(TKey, TMember, DateTimeOffset?, CancellationToken)"/>
    /// <param name="entity">Tells the key and the member.</param>
    /// <param name="at">When the member was active; null for now. A period whose retention is over is left out.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    public virtual Task<bool> MarkAsync(TEntity entity, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return MarkAsync(TMapper.KeyOf(entity), TMapper.MemberOf(entity), at, cancellationToken);
    }

    /// <summary>
    /// Marks a member as active in all periods that a time is in. One round trip, atomic; where the store numbers the members, one more for a member after the first four
    /// million. O(units). What is marked already is not written again.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="member">The member.</param>
    /// <param name="at">When it was active; null for now. A period whose retention is over is left out.</param>
    /// <param name="cancellationToken">Stops the wait, not the write.</param>
    /// <returns>Whether the member was not active before in the shortest period; false where that is left out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The member is an id below 0 or above the largest, or <paramref name="at"/> is more than five minutes ahead. Nothing was changed.</exception>
    /// <exception cref="InvalidOperationException">The store numbers the members, and has given all numbers. Nothing was changed.</exception>
    /// <exception cref="RedisEncodeException">The member cannot be written. Nothing was sent.</exception>
    /// <exception cref="RedisWrongTypeException">A key holds another type of value. Nothing was changed.</exception>
    /// <exception cref="RedisOperationTimeoutException">The server did not answer within <see cref="RedisContextOptions.OperationTimeout"/>.</exception>
    public virtual async Task<bool> MarkAsync(TKey key, TMember member, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisKey redisKey = key.ToRedisKey();
        RedisValue written = Write(redisKey, member);
        if (at is null && !IsMapped && await MarkNowAsync(redisKey, (long)written, cancellationToken).ConfigureAwait(false) is { IsNull: false } marked)
        {
            return (long)marked == 1;
        }

        Marks call = NewMarks(redisKey, [written]);
        var fresh = new bool[1];
        do
        {
            Receive(call, await WriteAsync(Script, redisKey, at, call, static (write, call) => call.Prepare(write), cancellationToken).ConfigureAwait(false), (_, isFresh) => fresh[0] = isFresh);
        }
        while (call.Next());

        return fresh[0];
    }

    /// <inheritdoc cref="MarkManyAsync(IEnumerable{ValueTuple{TKey, TMember}}, DateTimeOffset?, CancellationToken)"/>
    /// <param name="entities">Tell keys and members.</param>
    /// <param name="at">When all of them were active; null for now.</param>
    /// <param name="cancellationToken">Stops the wait, not the writes.</param>
    public virtual Task<bool[]> MarkManyAsync(IEnumerable<TEntity> entities, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
        => MarkManyAsync(BatchOrder.Materialize(entities).Select(static entity => (TMapper.KeyOf(entity), TMapper.MemberOf(entity))), at, cancellationToken);

    /// <summary>
    /// Marks many members as active. Pipelined: a script per 100 members of a key, or, where they may be in more than 100 segments over all units, per 100 / units; one round
    /// trip per 1,000 scripts, one more as for a single one; each script is atomic. O(members · units).
    /// </summary>
    /// <param name="members">The keys and members.</param>
    /// <param name="at">When all of them were active; null for now. A period whose retention is over is left out.</param>
    /// <param name="cancellationToken">Stops the wait, not the writes.</param>
    /// <returns>Per member whether it was not active before in the shortest period. Of one that stands several times, only the first can be true.</returns>
    /// <inheritdoc cref="MarkAsync(TKey, TMember, DateTimeOffset?, CancellationToken)" path="/exception"/>
    public virtual async Task<bool[]> MarkManyAsync(IEnumerable<(TKey Key, TMember Member)> members, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(members);
        cancellationToken.ThrowIfCancellationRequested();

        // All of them are written before the first is sent: one that cannot be leaves nothing behind.
        var groups = new Dictionary<TKey, (RedisKey Key, List<RedisValue> Members, List<int> Positions, HashSet<RedisValue> Seen)>();
        int count = 0;
        foreach ((TKey key, TMember member) in members)
        {
            if (!groups.TryGetValue(key, out (RedisKey Key, List<RedisValue> Members, List<int> Positions, HashSet<RedisValue> Seen) group))
            {
                groups.Add(key, group = (key.ToRedisKey(), [], [], []));
            }

            RedisValue written = Write(group.Key, member);
            if (group.Seen.Add(written))
            {
                group.Members.Add(written);
                group.Positions.Add(count);
            }

            count++;
        }

        var fresh = new bool[count];
        var calls = new List<(Marks Marks, int[] Positions)>();
        foreach ((RedisKey key, List<RedisValue> written, List<int> positions, _) in groups.Values)
        {
            for (int start = 0; start < written.Count; start += MarkedAtOnce)
            {
                int length = Math.Min(MarkedAtOnce, written.Count - start);
                calls.Add((NewMarks(key, [.. written.GetRange(start, length)]), [.. positions.GetRange(start, length)]));
            }
        }

        while (calls.Count > 0)
        {
            List<(Marks Marks, int[] Positions)> sent = calls;
            await WriteManyAsync(
                Script,
                sent.Count,
                i => sent[i].Marks.Key,
                at,
                (i, write) => sent[i].Marks.Prepare(write),
                (i, reply) => Receive(sent[i].Marks, reply, (member, isFresh) => fresh[sent[i].Positions[member]] = isFresh),
                cancellationToken).ConfigureAwait(false);
            calls = sent.FindAll(static call => call.Marks.Next());
        }

        return fresh;
    }

    // 1 or 0; null or nil where the other script has to be called.
    private ValueTask<RedisResult?> MarkNowAsync(RedisKey key, long id, CancellationToken cancellationToken)
    {
        int segment = BitmapCommands.SegmentOf(id);
        long bit = id % BitmapCommands.SegmentSize;
        RedisValue written = ValueFormat.Of<long>(bit);
        return WriteNowAsync(
            BitmapCommands.MarkOneScript,
            key,
            BitmapCommands.SegmentSuffix(segment),
            BitmapCommands.SizeOf(segment, bit, TMapper.Schema.MaxId) is { } size ? [written, ValueFormat.Of<long>(size)] : [written],
            cancellationToken);
    }

    private static RedisScript Script => IsMapped ? BitmapCommands.MarkMappedScript : BitmapCommands.MarkScript;

    private static RedisKey Numbers(RedisKey key) => Append(key, ":ids"u8);

    private static RedisKey Given(RedisKey key) => Append(key, ":given"u8);

    // A member as the script takes it: its text, or its number.
    private RedisValue Write(RedisKey key, TMember member)
    {
        ArgumentNullException.ThrowIfNull(member);
        RedisValue written = TMapper.WriteMember(member, Context(key));
        if (IsMapped)
        {
            return (byte[])written!;
        }

        // A larger one than a long holds is text.
        bool isNumber = written.IsInteger || long.TryParse((string?)written, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);
        return isNumber && (long)written >= 0 && (long)written <= TMapper.Schema.MaxId
            ? (long)written
            : throw new ArgumentOutOfRangeException(
                nameof(member),
                member,
                string.Create(CultureInfo.InvariantCulture, $"{PeriodSchema.Model}: {member} has no bit in '{Redis.FullKey(key)}': ids go from 0 to {TMapper.Schema.MaxId}. Raise MaxId, or have the store number the members: MapIds = true. Nothing was sent."));
    }

    private static Marks NewMarks(RedisKey key, RedisValue[] members) => IsMapped ? new MappedMarks(key, members) : new Marks(key, members);

    private void Receive(Marks call, RedisResult[] reply, Action<int, bool> receive)
    {
        const int Full = 2, NoHash = 3;
        switch ((int)reply[0])
        {
            case Full:
                throw new InvalidOperationException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{PeriodSchema.Model}: '{Redis.FullKey(call.Key)}' has given its {TMapper.Schema.MaxId + 1} numbers, so that a new member gets none. Raise MaxId. Nothing was changed."));
            case NoHash:
                throw new RedisWrongTypeException(PeriodSchema.Model, Redis.FullKey((int)reply[1] == 0 ? Numbers(call.Key) : Given(call.Key)), "hash");
        }

        for (int i = 1; i < reply.Length; i++)
        {
            long state = (long)reply[i];
            if (state < 0)
            {
                call.Postpone(i - 1, (int)(-1 - state));
            }
            else
            {
                receive(call.Position(i - 1), state == 1);
            }
        }
    }

    /// <summary>A call that marks ids of a key.</summary>
    private class Marks(RedisKey key, RedisValue[] members)
    {
        public RedisKey Key { get; } = key;

        protected RedisValue[] Members { get; set; } = members;

        public virtual int Position(int sent) => sent;

        public virtual (RedisKey[] Keys, RedisValue[] Arguments) Prepare(PeriodWrite write)
        {
            int[] segments = Members.Length == 1
                ? [BitmapCommands.SegmentOf((long)Members[0])]
                : [.. Members.Select(static member => BitmapCommands.SegmentOf((long)member)).Distinct()];
            return Prepare(write, segments, isMapped: false);
        }

        /// <summary>Has a member marked by another call, as its segment is not declared in this one.</summary>
        public virtual void Postpone(int sent, int segment) => throw new InvalidOperationException("A segment that is not declared.");

        /// <summary>Makes this the call of what was postponed, if there is anything.</summary>
        public virtual bool Next() => false;

        protected (RedisKey[] Keys, RedisValue[] Arguments) Prepare(PeriodWrite write, int[] segments, bool isMapped)
        {
            PeriodWindow[] windows = write.Moment.Windows;
            int key = isMapped ? 2 : 0, argument = isMapped ? 8 : 7;
            var keys = new RedisKey[key + (windows.Length * segments.Length)];
            var arguments = new RedisValue[argument + windows.Length + segments.Length + Members.Length];
            (arguments[0], arguments[1], arguments[2]) = (write.Now, write.Low, write.High);
            (arguments[3], arguments[4], arguments[5], arguments[6]) = (BitmapCommands.SegmentSize, TMapper.Schema.MaxId, windows.Length, segments.Length);
            long longest = 0;
            foreach (PeriodWindow window in windows)
            {
                arguments[argument++] = window.UntilText;
                longest = window.Until == 0 || longest < 0 ? -1 : Math.Max(longest, window.Until);
                RedisKey period = Append(Key, window.Suffix);
                foreach (int segment in segments)
                {
                    keys[key++] = BitmapCommands.Segment(period, segment);
                }
            }

            if (isMapped)
            {
                (keys[0], keys[1]) = (Numbers(Key), Given(Key));
                arguments[7] = Math.Max(longest, 0);
            }

            foreach (int segment in segments)
            {
                arguments[argument++] = segment;
            }

            Members.CopyTo(arguments, argument);
            return (keys, arguments);
        }
    }

    /// <summary>A call that marks members of a key, whose numbers only the server knows.</summary>
    private sealed class MappedMarks(RedisKey key, RedisValue[] members) : Marks(key, members)
    {
        private static readonly int[] First = [.. Enumerable.Range(0, Math.Min(Segments, BitmapCommands.MappedSegments))];

        private readonly List<(int Position, RedisValue Member, int Segment)> _postponed = [];
        private int[] _segments = First;
        private int[]? _positions;

        public override int Position(int sent) => _positions is null ? sent : _positions[sent];

        public override (RedisKey[] Keys, RedisValue[] Arguments) Prepare(PeriodWrite write) => Prepare(write, _segments, isMapped: true);

        public override void Postpone(int sent, int segment) => _postponed.Add((Position(sent), Members[sent], segment));

        public override bool Next()
        {
            if (_postponed.Count == 0)
            {
                return false;
            }

            Members = [.. _postponed.Select(static one => one.Member)];
            _positions = [.. _postponed.Select(static one => one.Position)];
            _segments = [.. _postponed.Select(static one => one.Segment).Distinct()];
            _postponed.Clear();
            return true;
        }
    }
}
