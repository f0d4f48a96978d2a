using System.Reflection;
using System.Runtime.ExceptionServices;
using StackExchange.Redis;

namespace TypedRedis.Integration.Tests;

/// <summary>
/// A connection whose user can be stopped between two steps: before a script, which goes by its name (<c>index_claim</c>; of <c>hash_change</c> also the phase:
/// <c>hash_change:commit</c>), or before a ZREM (<c>zrem</c>).
/// </summary>
internal sealed class Stepped
{
    // By the names of their files, which those of the properties follow.
    private static readonly Dictionary<string, string> Names = typeof(HashChanges)
        .GetProperties(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
        .Where(static property => property.PropertyType == typeof(RedisScript))
        .ToDictionary(
            static property => Convert.ToHexString(((RedisScript)property.GetValue(null)!).Hash),
            static property => property.Name == nameof(HashChanges.ChangeScript) ? "hash_change" : "index_" + property.Name[..^"Script".Length].ToLowerInvariant());

    private readonly Lock _lock = new();
    private string? _stop;
    private int _passes;
    private TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Stepped(RedisContext redis)
    {
        var connection = DispatchProxy.Create<IConnectionMultiplexer, Proxy>();
        ((Proxy)(object)connection).Set(redis.Connection, this);
        Redis = new RedisContext(connection, redis.Options);
    }

    public RedisContext Redis { get; }

    /// <summary>Lets a call run until it is about to make a step, for the first time or after it has made it some times.</summary>
    public async Task<Task<T>> UntilAsync<T>(string step, Func<Task<T>> call, int passes = 0)
    {
        lock (_lock)
        {
            (_stop, _passes) = (step, passes);
            _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        Task<T> running = call();
        Assert.True(await Task.WhenAny(running, _reached.Task).EndsAsync() == _reached.Task, $"ended before {step}");
        return running;
    }

    /// <summary>Lets it make the step, and all that follow.</summary>
    public void Go() => _go.SetResult();

    private Task ReachAsync(string step)
    {
        lock (_lock)
        {
            if (step != _stop || _passes-- > 0)
                return Task.CompletedTask;
            _stop = null;
        }

        _reached.SetResult();
        return _go.Task;
    }

    private class Proxy : DispatchProxy
    {
        private object _inner = null!;
        private Stepped _steps = null!;

        public void Set(object inner, Stepped steps) => (_inner, _steps) = (inner, steps);

        protected override object? Invoke(MethodInfo? method, object?[]? arguments)
        {
            switch (method!.Name)
            {
                case nameof(IConnectionMultiplexer.GetDatabase):
                    var database = Create<IDatabase, Proxy>();
                    ((Proxy)(object)database).Set(Call(method, arguments)!, _steps);
                    return database;
                case nameof(IDatabase.ScriptEvaluateAsync) when arguments![0] is byte[] sha && Names.TryGetValue(Convert.ToHexString(sha), out string? name):
                    return AfterAsync<RedisResult>(name == "hash_change" ? $"{name}:{((RedisValue[])arguments[2]!)[0]}" : name, method, arguments);
                case nameof(IDatabase.SortedSetRemoveAsync) when method.ReturnType == typeof(Task<bool>):
                    return AfterAsync<bool>("zrem", method, arguments!);
                default:
                    return Call(method, arguments);
            }
        }

        private async Task<T> AfterAsync<T>(string step, MethodInfo method, object?[] arguments)
        {
            await _steps.ReachAsync(step);
            return await (Task<T>)Call(method, arguments)!;
        }

        private object? Call(MethodInfo method, object?[]? arguments)
        {
            try
            {
                return method.Invoke(_inner, arguments);
            }
            catch (TargetInvocationException e)
            {
                ExceptionDispatchInfo.Throw(e.InnerException!);
                throw;
            }
        }
    }
}
