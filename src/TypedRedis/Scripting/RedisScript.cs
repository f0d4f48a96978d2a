using System.Security.Cryptography;
using System.Text;

namespace TypedRedis;

/// <summary>A Lua script of the runtime. The text is a <c>.lua</c> file beside the store that runs it.</summary>
internal sealed class RedisScript
{
    private RedisScript(string text)
    {
        Text = text;
        Sha = SHA1.HashData(Encoding.UTF8.GetBytes(text));
    }

    public string Text { get; }

    /// <summary>What EVALSHA calls it by.</summary>
    public byte[] Sha { get; }

    /// <summary>Loads a script by its file's name without the ending. A line <c>--#include "other.lua"</c> stands for the lines of that script.</summary>
    public static RedisScript Load(string name)
    {
        var text = new StringBuilder();
        Append(text, name);
        return new RedisScript(text.ToString());
    }

    private static void Append(StringBuilder text, string name)
    {
        const string Include = "--#include \"";
        using Stream stream = typeof(RedisScript).Assembly.GetManifestResourceStream($"TypedRedis.{name}.lua")
            ?? throw new InvalidOperationException($"TypedRedis.dll has no script '{name}'.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith(Include, StringComparison.Ordinal))
            {
                Append(text, line[Include.Length..^".lua\"".Length]);
            }
            else if (!line.StartsWith("--", StringComparison.Ordinal))      // Comments stay here: servers get what they run.
            {
                text.Append(line).Append('\n');
            }
        }
    }
}
