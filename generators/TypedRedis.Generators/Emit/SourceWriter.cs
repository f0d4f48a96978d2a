using System.Text;

namespace TypedRedis.Generators.Emit;

/// <summary>Writes indented code. A text of several lines is indented line by line, so that raw string literals read alike here and there.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new(8 * 1024);
    private int _depth;

    public void Line() => _text.Append('\n');

    public void Line(string text)
    {
        int start = 0;
        while (start <= text.Length)
        {
            int end = text.IndexOf('\n', start);
            if (end < 0)
                end = text.Length;
            int length = end > start && text[end - 1] == '\r' ? end - start - 1 : end - start;
            if (length > 0)
                _text.Append(' ', _depth * 4).Append(text, start, length);
            _text.Append('\n');
            start = end + 1;
        }
    }

    /// <summary>Writes <c>{</c>; the returned scope writes <c>}</c> and what is to follow it.</summary>
    public Scope Block(string after = "")
    {
        Line("{");
        _depth++;
        return new Scope(this, "}" + after);
    }

    /// <summary>Writes a head and opens its block.</summary>
    public Scope Block(string head, string after)
    {
        Line(head);
        return Block(after);
    }

    public Scope Indent()
    {
        _depth++;
        return new Scope(this, null);
    }

    public override string ToString() => _text.ToString();

    public readonly struct Scope(SourceWriter writer, string? end) : IDisposable
    {
        public void Dispose()
        {
            writer._depth--;
            if (end is not null)
                writer.Line(end);
        }
    }
}
