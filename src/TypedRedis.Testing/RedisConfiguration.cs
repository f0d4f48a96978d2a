using System.Collections;
using System.Text;

namespace TypedRedis.Testing;

/// <summary>Directives for a server's <c>redis.conf</c>, in order.</summary>
/// <remarks>
/// Each value is one argument of its directive, whatever it contains (spaces, quotes, line ends): it is quoted as the
/// server expects.
/// <code>
/// new RedisServerOptions { Configuration = { ["maxmemory"] = "64mb", ["maxmemory-policy"] = "allkeys-lru" } };
/// </code>
/// A directive that has several arguments, or stands there several times, is added:
/// <code>
/// new RedisServerOptions { Configuration = { { "save", "900", "1" }, { "user", "reader", "on", ">secret", "~*", "+@read" } } };
/// </code>
/// </remarks>
public sealed class RedisConfiguration : IEnumerable<KeyValuePair<string, IReadOnlyList<string>>>
{
    // Without these the server would not be where, or what, RedisServer says it is.
    private static readonly string[] Reserved = ["port", "bind", "dir", "logfile", "daemonize", "supervised", "syslog-enabled"];

    private readonly List<KeyValuePair<string, IReadOnlyList<string>>> _directives = [];

    /// <summary>Sets a directive to one value, in place of what stood there under that name.</summary>
    /// <param name="name">The directive, such as <c>maxmemory</c>.</param>
    /// <exception cref="ArgumentException">It is no directive's name, or one that <see cref="RedisServer"/> sets itself, such as <c>port</c>.</exception>
    public string this[string name]
    {
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Check(name);
            _directives.RemoveAll(directive => directive.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
            _directives.Add(new(name, [value]));
        }
    }

    /// <summary>Adds a directive with its arguments.</summary>
    /// <param name="name">The directive, such as <c>save</c>.</param>
    /// <param name="arguments">Its arguments, such as <c>900</c> and <c>1</c>.</param>
    /// <exception cref="ArgumentException">It is no directive's name, or one that <see cref="RedisServer"/> sets itself, such as <c>port</c>.</exception>
    public void Add(string name, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        foreach (var argument in arguments)
            ArgumentNullException.ThrowIfNull(argument, nameof(arguments));
        Check(name);
        _directives.Add(new(name, [.. arguments]));
    }

    /// <summary>The directives in order, each with its arguments.</summary>
    /// <returns>The directives.</returns>
    public IEnumerator<KeyValuePair<string, IReadOnlyList<string>>> GetEnumerator() => _directives.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>One line of redis.conf. Every argument is quoted, so that none is split or taken for a comment.</summary>
    internal static string Line(string name, params IEnumerable<string> arguments)
    {
        var line = new StringBuilder(name);
        foreach (var argument in arguments)
        {
            line.Append(" \"");
            foreach (var character in argument)
            {
                _ = character switch
                {
                    '"' or '\\' => line.Append('\\').Append(character),
                    '\n' => line.Append("\\n"),
                    '\r' => line.Append("\\r"),
                    '\0' => line.Append("\\x00"), // Would end the line for the server, which reads C strings.
                    _ => line.Append(character),
                };
            }

            line.Append('"');
        }

        return line.Append('\n').ToString();
    }

    private static void Check(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            throw new ArgumentException($"'{name}' is not the name of a redis.conf directive. Give its arguments apart from it.", nameof(name));
        if (Reserved.Contains(name, StringComparer.OrdinalIgnoreCase))
            throw new ArgumentException($"'{name}' is set by RedisServer itself and cannot be overridden.", nameof(name));
    }
}
