using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Tasks.Sources;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// Waits for one call of the driver: until it answers, the context's timeout ends or the caller cancels, whichever is first. Pooled, so that the wait
/// allocates nothing; an instance that timed out or was cancelled is never used again, because the driver's task still refers to it.
/// </summary>
/// <typeparam name="T">The reply's type.</typeparam>
internal class OperationWait<T> : OperationEntry, IValueTaskSource<T>
{
    private const int Pending = 0;
    private const int Completed = 1;
    private const int Abandoned = 2;
    private const int PoolLimit = 1024;

    private static readonly ConcurrentQueue<OperationWait<T>> Pool = new();

    private readonly Action _onAnswered;
    private ManualResetValueTaskSourceCore<T> _core;
    private Task<T>? _task;
    private RedisContext? _redis;
    private ModelSchema? _schema;
    private RedisKey _key;
    private CancellationToken _cancellationToken;
    private CancellationTokenRegistration _registration;
    private int _state;

    protected OperationWait() => _onAnswered = OnAnswered;

    /// <summary>The result of a call, or its error. See <see cref="OperationErrors"/> for how errors of the driver are named.</summary>
    public static ValueTask<T> For(Task<T> task, RedisContext redis, ModelSchema schema, RedisKey key, CancellationToken cancellationToken)
        => task.IsCompletedSuccessfully
            ? new ValueTask<T>(task.Result)
            : (Pool.TryDequeue(out OperationWait<T>? wait) ? wait : new OperationWait<T>()).Start(task, redis, schema, key, cancellationToken);

    protected ValueTask<T> Start(Task<T> task, RedisContext redis, ModelSchema schema, RedisKey key, CancellationToken cancellationToken)
    {
        _task = task;
        _redis = redis;
        _schema = schema;
        _key = key;
        _cancellationToken = cancellationToken;
        short version = _core.Version;
        redis.Timer.Add(this);
        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(static wait => ((OperationWait<T>)wait!).OnCanceled(), this);
        }

        Attach(task);
        return new ValueTask<T>(this, version);
    }

    /// <summary>Whether the caller still waits.</summary>
    protected bool IsPending => Volatile.Read(ref _state) == Pending;

    /// <summary>Another call to make because of an error, instead of reporting it; null to report it.</summary>
    protected virtual Task<T>? Retry(Exception error) => null;

    /// <summary>The key that an error is about.</summary>
    protected virtual RedisKey KeyOf(Exception error) => _key;

    /// <summary>Forgets what the operation held and gives the instance back.</summary>
    protected virtual void Recycle()
    {
        if (Pool.Count < PoolLimit)
        {
            Pool.Enqueue(this);
        }
    }

    private void Attach(Task<T> task) => task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_onAnswered);

    private void OnAnswered()
    {
        Task<T> task = _task!;
        Exception? error = task.IsCompletedSuccessfully ? null : task.Exception?.InnerException ?? new TaskCanceledException(task);
        if (error is not null && IsPending)
        {
            try
            {
                if (Retry(error) is { } retry)
                {
                    _task = retry;
                    Attach(retry);
                    return;
                }
            }
            catch (Exception retryError)
            {
                error = retryError;
            }
        }

        if (Interlocked.CompareExchange(ref _state, Completed, Pending) != Pending)
        {
            return;     // Too late: the caller has its timeout. The error, if there is one, was looked at.
        }

        OperationTimer.Remove(this);
        _registration.Dispose();
        if (error is null)
        {
            _core.SetResult(task.Result);
        }
        else
        {
            _core.SetException(OperationErrors.Translate(error, _redis!, _schema!, KeyOf(error)));
        }
    }

    private void OnCanceled()
    {
        if (Interlocked.CompareExchange(ref _state, Abandoned, Pending) == Pending)
        {
            OperationTimer.Remove(this);
            _core.SetException(new OperationCanceledException(_cancellationToken));
        }
    }

    internal override bool TryExpire() => Interlocked.CompareExchange(ref _state, Abandoned, Pending) == Pending;

    internal override void OnExpired()
    {
        _registration.Dispose();
        _core.SetException(new RedisOperationTimeoutException(_schema!.Model, _redis!.FullKeyIfAny(_key), _redis.Timer.TimeoutSpan));
    }

    T IValueTaskSource<T>.GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            if (_state == Completed)
            {
                _core.Reset();
                _task = null;
                _redis = null;
                _schema = null;
                _key = default;
                _cancellationToken = default;
                _registration = default;
                _state = Pending;
                Recycle();
            }
        }
    }

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);
}

/// <summary>What the driver's errors mean for a model.</summary>
internal static class OperationErrors
{
    public static bool IsNoScript(Exception error)
        => error is RedisServerException && error.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal);

    /// <summary>Whether the keys of a call are not all on one node, as while a slot moves. Nothing was carried out.</summary>
    public static bool IsTryAgain(Exception error)
        => error is RedisServerException && error.Message.StartsWith("TRYAGAIN", StringComparison.Ordinal);

    public static Exception Translate(Exception error, RedisContext redis, ModelSchema schema, RedisKey key) => error switch
    {
        RedisServerException when schema is ScriptSchema => new RedisScriptException(schema.Model, redis.FullKeyIfAny(key), error),
        RedisServerException when IsWrongType(error.Message) => new RedisWrongTypeException(schema.Model, redis.FullKey(key), WrongKey(error.Message)?.Type ?? schema.RedisType, error),
        RedisServerException when schema is HashSchema hash && error.Message.StartsWith("FOREIGN", StringComparison.Ordinal)
            => new RedisWrongTypeException(schema.Model, redis.FullKey(key), error, hash.FieldName(hash.Presence)),
        _ => error,
    };

    /// <summary>
    /// Which of its keys a script could not use, by position from 0, and what type it should have where that is not the model's: <c>WRONGTYPE 3</c>, <c>WRONGTYPE 3 hash</c>. Null
    /// where an error does not say.
    /// </summary>
    public static (int Position, string? Type)? WrongKey(string message)
        => message.Split(' ', 3) is ["WRONGTYPE", var digits, .. var rest] && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int position)
            ? (position, rest is [var type] && !type.Contains(' ', StringComparison.Ordinal) ? type : null)
            : null;

    // Before Redis 7 a script's error stands behind where it happened. Elsewhere the word may be part of a value that an error quotes.
    private static bool IsWrongType(string message)
        => message.StartsWith("WRONGTYPE ", StringComparison.Ordinal)
            || (message.StartsWith("ERR Error running script", StringComparison.Ordinal) && message.Contains("WRONGTYPE ", StringComparison.Ordinal));
}
