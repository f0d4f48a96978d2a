using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// Sends many calls without waiting for each. In chunks, ten under way at a time: as fast as sending all at once, while other callers of the connection wait
/// for ten chunks at most and memory stays bounded. The server works on the first chunk while the second is made.
/// </summary>
internal static class Pipeline
{
    /// <summary>How many calls a chunk has.</summary>
    public const int ChunkSize = 100;

    private const int ChunksUnderWay = 10;

    /// <summary>Sends <paramref name="count"/> calls and hands on their replies in order. The first error ends it; what was sent is carried out.</summary>
    /// <param name="redis">The context.</param>
    /// <param name="schema">The model.</param>
    /// <param name="count">How many calls.</param>
    /// <param name="prepare">The key and the argument of a call. Called for a whole chunk before the first call of it is sent.</param>
    /// <param name="send">Makes a call.</param>
    /// <param name="receive">Takes the reply to a call.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <param name="chunkSize">How many calls a chunk has.</param>
    public static Task RunAsync<TArgument, T>(
        RedisContext redis,
        ModelSchema schema,
        int count,
        Func<int, (RedisKey Key, TArgument Argument)> prepare,
        Func<RedisKey, TArgument, Task<T>> send,
        Action<int, RedisKey, T> receive,
        CancellationToken cancellationToken,
        int chunkSize = ChunkSize)
        => RunChunksAsync(
            count,
            chunkSize,
            (start, length) => CallChunk<T>.Send(redis, schema, start, length, prepare, send, receive),
            cancellationToken);

    /// <summary>Sends <paramref name="count"/> scripts and hands on their replies in order. The first error ends it; what was sent is carried out.</summary>
    /// <param name="redis">The context.</param>
    /// <param name="schema">The model.</param>
    /// <param name="script">The script.</param>
    /// <param name="count">How many calls.</param>
    /// <param name="call">The keys and arguments of a call. No key may stand in two calls: a server that lost the script gets some calls later than others.</param>
    /// <param name="receive">Takes the reply to a call.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <param name="chunkSize">How many calls a chunk has.</param>
    public static Task RunScriptAsync(
        RedisContext redis,
        ModelSchema schema,
        RedisScript script,
        int count,
        Func<int, (RedisKey[] Keys, RedisValue[] Arguments)> call,
        Action<int, RedisKey[], RedisResult> receive,
        CancellationToken cancellationToken,
        int chunkSize = ChunkSize)
        => RunChunksAsync(
            count,
            chunkSize,
            (start, length) => new ScriptChunk(redis, schema, script, start, length, call, receive),
            cancellationToken);

    private static async Task RunChunksAsync(int count, int chunkSize, Func<int, int, Chunk> send, CancellationToken cancellationToken)
    {
        var underWay = new Queue<Chunk>();
        try
        {
            for (int start = 0; start < count; start += chunkSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (underWay.Count == ChunksUnderWay)
                {
                    await underWay.Dequeue().ReceiveAsync(cancellationToken).ConfigureAwait(false);
                }

                underWay.Enqueue(send(start, Math.Min(chunkSize, count - start)));
            }

            while (underWay.TryDequeue(out Chunk? chunk))
            {
                await chunk.ReceiveAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            foreach (Chunk chunk in underWay)
            {
                chunk.Observe();
            }

            throw;
        }
    }

    private abstract class Chunk
    {
        public abstract Task ReceiveAsync(CancellationToken cancellationToken);

        /// <summary>Looks at the errors of calls that nobody waits for any more.</summary>
        public abstract void Observe();

        protected static void ObserveAll(ReadOnlySpan<Task> tasks)
        {
            foreach (Task task in tasks)
            {
                _ = task.ContinueWith(
                    static failed => _ = failed.Exception,
                    CancellationToken.None,
                    TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                    TaskScheduler.Default);
            }
        }
    }

    private sealed class CallChunk<T> : Chunk
    {
        private readonly RedisContext _redis;
        private readonly ModelSchema _schema;
        private readonly int _start;
        private readonly RedisKey[] _keys;
        private readonly Task<T>[] _tasks;
        private readonly Action<int, RedisKey, T> _receive;

        private CallChunk(RedisContext redis, ModelSchema schema, int start, RedisKey[] keys, Task<T>[] tasks, Action<int, RedisKey, T> receive)
        {
            _redis = redis;
            _schema = schema;
            _start = start;
            _keys = keys;
            _tasks = tasks;
            _receive = receive;
        }

        public static CallChunk<T> Send<TArgument>(
            RedisContext redis,
            ModelSchema schema,
            int start,
            int length,
            Func<int, (RedisKey Key, TArgument Argument)> prepare,
            Func<RedisKey, TArgument, Task<T>> send,
            Action<int, RedisKey, T> receive)
        {
            var keys = new RedisKey[length];
            var arguments = new TArgument[length];
            var tasks = new Task<T>[length];
            for (int i = 0; i < length; i++)
            {
                (keys[i], arguments[i]) = prepare(start + i);    // all of them before the first is sent: a value that cannot be written sends nothing
            }

            int sent = 0;
            try
            {
                for (; sent < length; sent++)
                {
                    tasks[sent] = send(keys[sent], arguments[sent]);
                }
            }
            catch
            {
                ObserveAll(tasks.AsSpan(0, sent));
                throw;
            }

            return new CallChunk<T>(redis, schema, start, keys, tasks, receive);
        }

        public override async Task ReceiveAsync(CancellationToken cancellationToken)
        {
            try
            {
                // The last reply of a node comes last: behind it the others are there, and cost no wait of their own.
                await OperationWait<T>.For(_tasks[^1], _redis, _schema, _keys[^1], cancellationToken).ConfigureAwait(false);
                for (int i = 0; i < _tasks.Length; i++)
                {
                    T reply = await OperationWait<T>.For(_tasks[i], _redis, _schema, _keys[i], cancellationToken).ConfigureAwait(false);
                    _receive(_start + i, _keys[i], reply);
                }
            }
            catch
            {
                Observe();
                throw;
            }
        }

        public override void Observe() => ObserveAll(_tasks);
    }

    private sealed class ScriptChunk : Chunk
    {
        private readonly RedisContext _redis;
        private readonly ModelSchema _schema;
        private readonly RedisScript _script;
        private readonly int _start;
        private readonly (RedisKey[] Keys, RedisValue[] Arguments)[] _calls;
        private readonly Task _load;
        private readonly Task<RedisResult>[] _tasks;
        private readonly Action<int, RedisKey[], RedisResult> _receive;

        public ScriptChunk(
            RedisContext redis,
            ModelSchema schema,
            RedisScript script,
            int start,
            int length,
            Func<int, (RedisKey[] Keys, RedisValue[] Arguments)> call,
            Action<int, RedisKey[], RedisResult> receive)
        {
            _redis = redis;
            _schema = schema;
            _script = script;
            _start = start;
            _receive = receive;
            _calls = new (RedisKey[], RedisValue[])[length];
            _tasks = new Task<RedisResult>[length];

            for (int i = 0; i < length; i++)
            {
                _calls[i] = call(start + i);    // all of them before the first is sent: a value that cannot be written sends nothing
            }

            // A server that has lost the script has it again before the first calls: else each would be sent twice. On a cluster this
            // reaches one node; the calls to others are.
            _load = start % (ChunksUnderWay * ChunkSize) == 0 ? AdHocCommand.LoadAsync(redis.Database, script) : Task.CompletedTask;
            int sent = 0;
            try
            {
                for (; sent < length; sent++)
                {
                    _tasks[sent] = redis.Database.ScriptEvaluateAsync(script.Hash, _calls[sent].Keys, _calls[sent].Arguments);
                }
            }
            catch
            {
                ObserveAll([_load, .. _tasks.AsSpan(0, sent)]);
                throw;
            }
        }

        public override async Task ReceiveAsync(CancellationToken cancellationToken)
        {
            if (!_load.IsCompletedSuccessfully)
            {
                ObserveAll([_load]);
            }

            try
            {
                // As above; but a call whose script was sent again must be waited for once only.
                int last = _tasks.Length - 1;
                RedisResult lastReply = await WaitAsync(last, cancellationToken).ConfigureAwait(false);
                for (int i = 0; i < last; i++)
                {
                    _receive(_start + i, _calls[i].Keys, await WaitAsync(i, cancellationToken).ConfigureAwait(false));
                }

                _receive(_start + last, _calls[last].Keys, lastReply);
            }
            catch
            {
                Observe();
                throw;
            }
        }

        public override void Observe() => ObserveAll([_load, .. _tasks]);

        private ValueTask<RedisResult> WaitAsync(int i, CancellationToken cancellationToken)
            => ScriptWait.For(_tasks[i], _script, _redis, _schema, _calls[i].Keys, _calls[i].Arguments, cancellationToken);
    }
}
