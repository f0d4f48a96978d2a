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

    /// <summary>Loads a script by its file's name without the ending.</summary>
    public static RedisScript Load(string name)
    {
        using Stream stream = typeof(RedisScript).Assembly.GetManifestResourceStream($"TypedRedis.{name}.lua")
            ?? throw new InvalidOperationException($"TypedRedis.dll has no script '{name}'.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var text = new StringBuilder();
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith("--", StringComparison.Ordinal))      // Comments stay here: servers get what they run.
            {
                text.Append(line).Append('\n');
            }
        }

        return new RedisScript(text.ToString());
    }
}
