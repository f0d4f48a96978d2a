using System.Globalization;

namespace TypedRedis.Generators.Parsing;

/// <summary>How a key part is written: the format that the emitted code passes on, and what follows from it.</summary>
/// <param name="Text">The format, or null for the type's only text.</param>
/// <param name="Width">The length of every text, or 0 where it varies.</param>
/// <param name="Normalizes">Whether the text holds less than the value.</param>
/// <param name="Fault">Why the format cannot be and what to use, or null.</param>
internal readonly record struct PartFormat(string? Text, int Width = 0, bool Normalizes = false, string? Fault = null)
{
    private const int LongestDecimal = 39;
    private const int LongestHexadecimal = 32;

    public static PartFormat Of(PartKind kind, string? format)
    {
        switch (kind)
        {
            case PartKind.DateOnly or PartKind.TimeOnly or PartKind.DateTime or PartKind.DateTimeOffset:
                format ??= kind == PartKind.TimeOnly ? "HHmmssfffffff" : "yyyy-MM-dd";
                var date = DateFormat.Of(kind, format);
                return new(format, date.Width, date.Normalizes, date.Fault);
            case PartKind.Guid:
                return format switch
                {
                    null or "D" => new(null, Width: 36),
                    "N" => new("N", Width: 32),
                    _ => new(format, Fault: "a Guid is written with D (the default) or N"),
                };
            case PartKind.Boolean:
                return new(format, Width: 1, Fault: format is null ? null : "a bool is 1 or 0 and takes no format: leave it out");
            case var _ when kind.IsInteger():
                return new(format, Fault: format is null || IsIntegerFormat(format) ? null : "an integer is written plainly, with D and a number of digits (D8), or with X or x and a number of digits (X4)");
            default:
                return new(format, Fault: format is null ? null : "a part of this type has one text and takes no format: leave it out");
        }
    }

    private static bool IsIntegerFormat(string format)
    {
        if (format.Length is < 2 or > 3 || format[1] is < '1' or > '9' || format[format.Length - 1] is < '0' or > '9')
            return false;

        int digits = int.Parse(format.Substring(1), CultureInfo.InvariantCulture);
        return format[0] switch
        {
            'D' => digits <= LongestDecimal,
            'X' or 'x' => digits <= LongestHexadecimal,
            _ => false,
        };
    }
}
