using System.Globalization;
using TypedRedis.Generators.Facets;

namespace TypedRedis.Generators.Emit;

/// <summary>Emits what mappers say of a model's expiry.</summary>
internal static class SchemaEmitter
{
    private static readonly (string Method, string Unit, long Milliseconds)[] Units =
    [
        ("FromDays", "d", 86_400_000),
        ("FromHours", "h", 3_600_000),
        ("FromMinutes", "m", 60_000),
        ("FromSeconds", "s", 1_000),
        ("FromMilliseconds", "ms", 1),
    ];

    /// <summary>The schema's initializer, a line for each property, or nothing.</summary>
    public static IEnumerable<string> Expiry(Expiry? expiry)
    {
        if (expiry is null || expiry.IsNever)
            yield break;

        yield return Duration("Expiry", expiry.Text, expiry.Milliseconds);
        if (expiry.Sliding)
            yield return "Sliding = true,";
    }

    /// <summary>The initializer of a property that is a duration.</summary>
    /// <param name="property">The property.</param>
    /// <param name="text">The duration as it was declared.</param>
    /// <param name="milliseconds">How long it is.</param>
    public static string Duration(string property, string text, long milliseconds)
    {
        var (method, unit, length) = Units.First(unit => milliseconds % unit.Milliseconds == 0);
        string count = (milliseconds / length).ToString(CultureInfo.InvariantCulture);
        string comment = text == count + unit ? "" : $" // {text}";
        return $"{property} = SYS::TimeSpan.{method}({count}),{comment}";
    }

    /// <summary>The same of what is done to the values of fields: a line for each that has a protection, in the order of the fields.</summary>
    public static IEnumerable<string> Protected(IEnumerable<Protection?> fields)
    {
        var initializers = fields
            .Select(static (protection, field) => protection is null ? null : $"    new({field}) {{ {string.Join(", ", Facts(protection))} }},")
            .OfType<string>()
            .ToList();
        return initializers.Count == 0 ? [] : ["Protected =", "[", .. initializers, "],"];
    }

    private static IEnumerable<string> Facts(Protection protection)
    {
        if (protection.Encrypted)
            yield return "Encrypted = true";
        if (protection.AllowPlaintext)
            yield return "AllowPlaintext = true";
        if (protection.CompressOver is { } over)
        {
            yield return $"CompressOver = {over.Bytes.ToString(CultureInfo.InvariantCulture)}";
            yield return $"Compression = TR::CompressionAlgorithm.{protection.Algorithm}";
        }

        if (protection.MaxSize is { } max)
            yield return $"MaxSize = {max.Bytes.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>A static property of a schema and its initializer.</summary>
    public static void Emit(SourceWriter writer, string head, IReadOnlyCollection<string> initializer)
    {
        writer.Line("/// <inheritdoc/>");
        if (initializer.Count == 0)
        {
            writer.Line(head + ";");
            return;
        }

        using (writer.Block(head, after: ";"))
        {
            foreach (string line in initializer)
                writer.Line(line);
        }
    }
}
