using System.ComponentModel;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Writes a value as an argument. See the <c>Write</c> methods of <see cref="CodecContext"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate void ScriptWriter<in T>(CodecContext context, RedisValue[] values, int index, T value);

/// <summary>Reads a value of a reply. See the <c>Read</c> methods of <see cref="CodecContext"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate T ScriptReader<out T>(CodecContext context, ReadOnlySpan<RedisValue> values, int index);

/// <summary>A script with the names of its parameters: what a method with <see cref="LuaScriptAttribute"/> runs.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ScriptOperation
{
    private readonly string[] _keys;
    private readonly ScriptSchema _arguments;

    /// <summary>Describes a method.</summary>
    /// <param name="script">Its script.</param>
    /// <param name="keys">The names of its keys; the last stands for all that follow.</param>
    /// <param name="arguments">The names of its arguments; the last stands for all that follow.</param>
    public ScriptOperation(RedisScript script, string[] keys, string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(script);
        Script = script;
        _keys = keys;
        _arguments = new ScriptSchema(script.Name, arguments);
    }

    /// <summary>The script.</summary>
    public RedisScript Script { get; }

    /// <summary>Checks the keys, and gives what writes the arguments.</summary>
    /// <exception cref="ArgumentNullException">The context or a key is null.</exception>
    public CodecContext Open(RedisContext redis, RedisKey[] keys)
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentNullException.ThrowIfNull(keys);
        int missing = Array.IndexOf(keys, default);
        return missing < 0
            ? new CodecContext(redis, _arguments, keys.Length == 0 ? default : keys[0])
            : throw new ArgumentNullException(_keys[Math.Min(missing, _keys.Length - 1)], $"{Script.Name}: the key is null.");
    }

    /// <summary>Runs the script. See <see cref="RedisScript.EvaluateAsync"/>.</summary>
    public async Task<ScriptReply> EvaluateAsync(RedisContext redis, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RedisResult result = await ScriptWait.Evaluate(Script, redis, Script.Schema, keys, arguments, cancellationToken).ConfigureAwait(false);
        return new ScriptReply(new ReplySchema(Script.Name), redis, keys.Length == 0 ? default : keys[0], result, item: -1);
    }

    /// <summary>Writes an argument that is taken as it is.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public void Write(RedisValue[] values, int index, RedisValue value)
        => values[index] = value.IsNull ? throw new ArgumentNullException(_arguments.FieldName(index), $"{Script.Name}: the argument is null, which Redis does not know. Pass an empty text.") : value;

    /// <summary>The keys with more behind them.</summary>
    public static RedisKey[] Append(RedisKey[] keys, IEnumerable<RedisKey> more)
    {
        ArgumentNullException.ThrowIfNull(more);
        return [.. keys, .. more];
    }

    /// <inheritdoc cref="Append(RedisKey[], IEnumerable{RedisKey})"/>
    public static RedisKey[] Append(RedisKey[] keys, IEnumerable<string> more)
    {
        ArgumentNullException.ThrowIfNull(more);
        return [.. keys, .. more.Select(static key => (RedisKey)key)];
    }

    /// <inheritdoc cref="Append(RedisKey[], IEnumerable{RedisKey})"/>
    public static RedisKey[] Append<TKey>(RedisKey[] keys, IEnumerable<TKey> more)
        where TKey : struct, IRedisKey<TKey>
    {
        ArgumentNullException.ThrowIfNull(more);
        return [.. keys, .. more.Select(static key => key.ToRedisKey())];
    }

    /// <summary>The arguments with more behind them.</summary>
    public static RedisValue[] Append<T>(CodecContext context, RedisValue[] values, IEnumerable<T> more, ScriptWriter<T> writer)
    {
        ArgumentNullException.ThrowIfNull(more);
        ArgumentNullException.ThrowIfNull(writer);
        T[] items = [.. more];
        var all = new RedisValue[values.Length + items.Length];
        values.CopyTo(all, 0);
        for (int i = 0; i < items.Length; i++)
        {
            writer(context, all, values.Length + i, items[i]);
        }

        return all;
    }
}
