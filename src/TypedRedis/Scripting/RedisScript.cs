using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>A Lua script with its SHA. Thread-safe. Usually the value of a property with <see cref="LuaScriptAttribute"/>.</summary>
public sealed class RedisScript
{
    /// <summary>Makes a script of a text.</summary>
    /// <param name="name">Its name in error messages.</param>
    /// <param name="text">Its text, in Lua 5.1.</param>
    public RedisScript(string name, string text)
        : this(name, text, Sha1(text))
    {
    }

    /// <summary>Makes a script whose SHA is known: what emitted code calls.</summary>
    /// <param name="name">Its name in error messages.</param>
    /// <param name="text">Its text, in Lua 5.1.</param>
    /// <param name="sha">The SHA-1 of its text as UTF-8: 40 hexadecimal digits. A wrong one makes every call a second one, with the text.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public RedisScript(string name, string text, string sha)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(sha);
        Name = name;
        Text = text;
        Sha = sha;
        Hash = Convert.FromHexString(sha);
        Schema = new ScriptSchema(name);
    }

    /// <summary>Its name in error messages: that of the member that it belongs to, with its type and namespace.</summary>
    public string Name { get; }

    /// <summary>What the server gets.</summary>
    public string Text { get; }

    /// <summary>What EVALSHA calls it by: the SHA-1 of <see cref="Text"/>, in 40 hexadecimal digits.</summary>
    public string Sha { get; }

    /// <summary>The same in bytes, as the driver takes it.</summary>
    internal byte[] Hash { get; }

    internal ScriptSchema Schema { get; }

    /// <summary>
    /// Runs the script. One round trip, atomic: EVALSHA, and where the server does not know the script (SCRIPT FLUSH, restart, failover) EVAL within the same timeout,
    /// which callers do not notice.
    /// </summary>
    /// <param name="redis">The context, whose prefix is put before every key.</param>
    /// <param name="keys">What stands in <c>KEYS</c>. On a cluster they must share a slot.</param>
    /// <param name="arguments">What stands in <c>ARGV</c>; none is null.</param>
    /// <param name="cancellationToken">Stops the wait, not the script.</param>
    /// <exception cref="ArgumentException">A key or an argument is null.</exception>
    /// <exception cref="RedisScriptException">The server or the script answered with an error.</exception>
    /// <exception cref="RedisOperationTimeoutException">The server did not answer for <see cref="RedisContextOptions.OperationTimeout"/>.</exception>
    public Task<RedisResult> EvaluateAsync(RedisContext redis, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(redis);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(arguments);
        if (Array.IndexOf(keys, default) >= 0)
        {
            throw new ArgumentException($"{Name}: a key is null.", nameof(keys));
        }

        if (Array.Exists(arguments, static argument => argument.IsNull))
        {
            throw new ArgumentException($"{Name}: an argument is null, which Redis does not know. Pass an empty text, or leave it out.", nameof(arguments));
        }

        cancellationToken.ThrowIfCancellationRequested();
        return ScriptWait.Evaluate(this, redis, Schema, keys, arguments, cancellationToken).AsTask();
    }

    private static string Sha1(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
