using System.Collections.Concurrent;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// Waits for a script that was called by its SHA. A server that does not know it (SCRIPT FLUSH, restart, failover) gets it whole, within the same timeout.
/// NOSCRIPT says that nothing was carried out, so the second call is no repetition. So does TRYAGAIN: while a slot moves to another node, keys of a call may be on both, and the
/// call is made again until they are together.
/// </summary>
internal sealed class ScriptWait : OperationWait<RedisResult>
{
    private const int PoolLimit = 1024;

    private static readonly ConcurrentQueue<ScriptWait> Pool = new();

    private RedisContext? _context;
    private RedisScript? _script;
    private RedisKey[]? _keys;
    private RedisValue[]? _arguments;

    /// <summary>Calls a script.</summary>
    public static ValueTask<RedisResult> Evaluate(
        RedisScript script, RedisContext redis, ModelSchema schema, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken)
        => For(redis.Database.ScriptEvaluateAsync(script.Hash, keys, arguments), script, redis, schema, keys, arguments, cancellationToken);

    /// <summary>Calls a script that is not about its keys, but about what <paramref name="named"/> says in errors.</summary>
    public static ValueTask<RedisResult> Evaluate(
        RedisScript script, RedisContext redis, ModelSchema schema, RedisKey[] keys, RedisValue[] arguments, RedisKey named, CancellationToken cancellationToken)
        => For(redis.Database.ScriptEvaluateAsync(script.Hash, keys, arguments), script, redis, schema, keys, arguments, cancellationToken, named);

    /// <summary>Waits for a call of a script.</summary>
    public static ValueTask<RedisResult> For(
        Task<RedisResult> task,
        RedisScript script,
        RedisContext redis,
        ModelSchema schema,
        RedisKey[] keys,
        RedisValue[] arguments,
        CancellationToken cancellationToken,
        RedisKey? named = null)
    {
        if (task.IsCompletedSuccessfully)
        {
            return new ValueTask<RedisResult>(task.Result);
        }

        if (!Pool.TryDequeue(out ScriptWait? wait))
        {
            wait = new ScriptWait();
        }

        wait._context = redis;
        wait._script = script;
        wait._keys = keys;
        wait._arguments = arguments;
        return wait.Start(task, redis, schema, named ?? (keys.Length == 0 ? default : keys[0]), cancellationToken);
    }

    protected override Task<RedisResult>? Retry(Exception error)
        => OperationErrors.IsNoScript(error) ? AdHocCommand.EvaluateAsync(_context!.Database, _script!, _keys!, _arguments!)
            : OperationErrors.IsTryAgain(error) ? EvaluateLaterAsync(_context!, _script!, _keys!, _arguments!)
            : null;

    private async Task<RedisResult> EvaluateLaterAsync(RedisContext redis, RedisScript script, RedisKey[] keys, RedisValue[] arguments)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(2, 20)), redis.Options.TimeProvider).ConfigureAwait(false);
        return IsPending ? await redis.Database.ScriptEvaluateAsync(script.Hash, keys, arguments).ConfigureAwait(false) : throw new OperationCanceledException();
    }

    protected override RedisKey KeyOf(Exception error)
        => OperationErrors.WrongKey(error.Message) is var (position, _) && position < _keys!.Length ? _keys[position] : base.KeyOf(error);

    protected override void Recycle()
    {
        _context = null;
        _script = null;
        _keys = null;
        _arguments = null;
        if (Pool.Count < PoolLimit)
        {
            Pool.Enqueue(this);
        }
    }
}
