using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Parsing;

/// <summary>A key template, checked: every key that it formats can be parsed back, and no two values give one key.</summary>
/// <param name="Text">The template as it was written.</param>
/// <param name="Segments">Literals and parts in their order. The braces of a hash tag belong to the literals around the part.</param>
/// <param name="Pattern">The glob pattern that finds the keys: the literals, and <c>*</c> for each part.</param>
internal sealed record KeyTemplate(string Text, EquatableArray<KeySegment> Segments, string Pattern)
{
    public IEnumerable<KeyPart> Parts => Segments.OfType<KeyPart>();

    /// <summary>Whether the whole key is the hash tag, in braces that the template as it was written has not.</summary>
    public bool IsWholeTag { get; init; }

    /// <summary>The template of the keys as they stand in Redis: with the braces around the whole, where that is the hash tag.</summary>
    public string Layout => IsWholeTag ? $"{{{Text}}}" : Text;

    /// <summary>The template with <c>{}</c> in the place of each part, and <c>{#}</c> in that of the hash tag.</summary>
    public string Shape => string.Concat(Segments.Select(static segment => segment switch
    {
        KeyLiteral literal => literal.Text,
        KeyPart { IsTag: true } => "#",
        _ => "{}",
    }));

    /// <summary>The same where no part is the hash tag: then the whole key is. Keys that append something to it share its slot.</summary>
    public KeyTemplate Tagged()
    {
        if (Parts.Any(static part => part.IsTag))
            return this;

        // Templates begin with text, so that the tag is never empty.
        var segments = Segments.ToList();
        segments[0] = new KeyLiteral("{" + ((KeyLiteral)segments[0]).Text);
        if (segments[segments.Count - 1] is KeyLiteral last)
            segments[segments.Count - 1] = new KeyLiteral(last.Text + "}");
        else
            segments.Add(new KeyLiteral("}"));
        return this with { Segments = segments.ToEquatableArray(), Pattern = $"{{{Pattern}}}", IsWholeTag = true };
    }
}

internal abstract record KeySegment;

/// <summary>Text that stands in every key as it is. Printable ASCII.</summary>
internal sealed record KeyLiteral(string Text) : KeySegment;

/// <summary>A property of the model in the key.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Type">The property's type, fully qualified, as C# source: <c>long</c>, <c>global::System.Guid</c>.</param>
/// <param name="Kind">What the part is.</param>
/// <param name="Format">The format, or null for the type's only text. Always there for dates and times, where the default is filled in.</param>
/// <param name="Normalizes">Whether the text holds less than the value, so that the key's constructor must reduce the value to its text.</param>
/// <param name="IsTag">Whether the part is the cluster's hash tag (<c>{#Id}</c>).</param>
/// <param name="Width">The number of bytes of every text of the part, or 0 where it varies.</param>
/// <param name="IsTerminated">Whether <c>:</c>, <c>}</c> or the template's end follows, so that a reader finds the part's end by itself.</param>
internal sealed record KeyPart(
    string Name,
    string Type,
    PartKind Kind,
    string? Format,
    bool Normalizes,
    bool IsTag,
    int Width,
    bool IsTerminated) : KeySegment;

internal enum PartKind
{
    String,
    SByte,
    Byte,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Int128,
    UInt128,
    Char,
    Boolean,
    Guid,
    Enum,
    DateOnly,
    TimeOnly,
    DateTime,
    DateTimeOffset,
}
