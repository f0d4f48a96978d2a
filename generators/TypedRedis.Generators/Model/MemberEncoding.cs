namespace TypedRedis.Generators.Model;

/// <summary>How a member stands in its field.</summary>
internal enum EncodingKind
{
    /// <summary>A text as it is.</summary>
    Text,

    /// <summary>Bytes as they are.</summary>
    Bytes,

    /// <summary><c>1</c> or <c>0</c>.</summary>
    Boolean,

    /// <summary>An invariant number.</summary>
    Number,

    /// <summary>An invariant text from which the very value can be read back.</summary>
    RoundTrip,

    /// <summary>The name of an enum's constant.</summary>
    EnumName,

    /// <summary>The number of an enum's constant.</summary>
    EnumNumber,

    /// <summary>JSON.</summary>
    Json,

    /// <summary>What the type itself formats and parses.</summary>
    Parsable,

    /// <summary>What a converter writes and reads.</summary>
    Converter,
}

/// <summary>How a member is written and read by <c>CodecContext</c>.</summary>
/// <param name="Kind">What stands in the field.</param>
/// <param name="Writer">The method that writes it, with type arguments where they cannot be inferred: <c>Write</c>, <c>WriteConverted&lt;C, T&gt;</c>.</param>
/// <param name="Reader">The method that reads it, with its type arguments: <c>ReadInt64</c>, <c>ReadEnum&lt;Plan&gt;</c>.</param>
/// <param name="JsonContext">The serializer context's instance, where the user named one.</param>
internal sealed record MemberEncoding(EncodingKind Kind, string Writer, string Reader, string? JsonContext = null)
{
    private string Context => JsonContext is null ? "" : ", " + JsonContext;

    /// <summary>The encoding in the header of an emitted file.</summary>
    public string Description => Kind switch
    {
        EncodingKind.Text => "text",
        EncodingKind.Bytes => "bytes",
        EncodingKind.Boolean => "1 or 0",
        EncodingKind.Number => "number",
        EncodingKind.RoundTrip => "round-trip text",
        EncodingKind.EnumName => "enum by name",
        EncodingKind.EnumNumber => "enum by number",
        EncodingKind.Json => "JSON",
        EncodingKind.Parsable => "the type's own text",
        _ => "converted",
    };

    /// <summary>The encoding in the schema manifest. Tools know these words: they never change.</summary>
    public string ManifestName => Kind switch
    {
        EncodingKind.Text => "text",
        EncodingKind.Bytes => "bytes",
        EncodingKind.Boolean => "boolean",
        EncodingKind.Number => "number",
        EncodingKind.RoundTrip => "roundtrip",
        EncodingKind.EnumName => "enum",
        EncodingKind.EnumNumber => "enum-number",
        EncodingKind.Json => "json",
        EncodingKind.Parsable => "parsable",
        _ => "converter",
    };

    public string Write(int field, string value) => $"context.{Writer}(values, {field}, {value}{Context})";

    public string Read(int field) => $"context.{Reader}(values, {field}{Context})";
}
