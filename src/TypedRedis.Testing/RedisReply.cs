using System.Globalization;
using System.Text;

namespace TypedRedis.Testing;

/// <summary>What a server answered to <see cref="RedisServer.ExecuteAsync(string[])"/>.</summary>
public sealed class RedisReply
{
    private readonly ReadOnlyMemory<byte> _bytes;

    private RedisReply(RedisReplyKind kind, ReadOnlyMemory<byte> bytes, IReadOnlyList<RedisReply> items)
    {
        Kind = kind;
        _bytes = bytes;
        Items = items;
    }

    /// <summary>What kind of answer it is.</summary>
    public RedisReplyKind Kind { get; }

    /// <summary>Whether it is the null reply: there is no such key, field or element.</summary>
    public bool IsNull => Kind == RedisReplyKind.Null;

    /// <summary>A string as the server sent it, or the text of a status, error or integer; empty for null and arrays.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary><see cref="Bytes"/> read as UTF-8; null for the null reply and for arrays.</summary>
    public string? Text => Kind is RedisReplyKind.Null or RedisReplyKind.Array ? null : Encoding.UTF8.GetString(_bytes.Span);

    /// <summary>The answer as a number: an integer reply, or a string of digits.</summary>
    /// <exception cref="InvalidOperationException">It is no integer.</exception>
    public long Integer
        => long.TryParse(_bytes.Span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidOperationException($"The reply is no integer but {Kind}: {this}");

    /// <summary>The elements of an array; empty for anything else.</summary>
    public IReadOnlyList<RedisReply> Items { get; }

    internal static RedisReply Null { get; } = new(RedisReplyKind.Null, default, []);

    /// <summary>The reply as <c>redis-cli</c> would show it.</summary>
    /// <returns>Several lines for an array, else one.</returns>
    public override string ToString() => Show(indent: 0);

    internal static RedisReply OfText(RedisReplyKind kind, ReadOnlyMemory<byte> bytes) => new(kind, bytes, []);

    internal static RedisReply OfItems(IReadOnlyList<RedisReply> items) => new(RedisReplyKind.Array, default, items);

    private string Show(int indent)
    {
        switch (Kind)
        {
            case RedisReplyKind.Null:
                return "(nil)";
            case RedisReplyKind.Error:
                return $"(error) {Text}";
            case RedisReplyKind.Integer:
                return $"(integer) {Text}";
            case RedisReplyKind.String:
                return $"\"{Text!.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\r", "\\r").Replace("\n", "\\n")}\"";
            case RedisReplyKind.Array when Items.Count == 0:
                return "(empty array)";
            case RedisReplyKind.Array:
                var width = Items.Count.ToString(CultureInfo.InvariantCulture).Length + 2;
                var lines = Items.Select((item, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1}) ").PadLeft(width + 1) + item.Show(indent + width + 1));
                return string.Join('\n' + new string(' ', indent), lines);
            default:
                return Text!;
        }
    }
}
