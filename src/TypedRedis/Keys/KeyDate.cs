using System.Globalization;

namespace TypedRedis;

/// <summary>Reads the dates and times of keys, in the invariant culture. What a format leaves out is midnight of the first of January of the year 1.</summary>
internal static class KeyDate
{
    public delegate bool Parser<T>(ReadOnlySpan<char> text, string format, out T value);

    public static bool TryParse(ReadOnlySpan<char> text, string format, out DateOnly value)
        => DateOnly.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out value);

    public static bool TryParse(ReadOnlySpan<char> text, string format, out TimeOnly value)
        => TimeOnly.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out value);

    public static bool TryParse(ReadOnlySpan<char> text, string format, out DateTime value)
    {
        bool parsed = DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out value);
        value = DateTime.SpecifyKind(value, DateTimeKind.Unspecified);
        return parsed;
    }

    public static bool TryParse(ReadOnlySpan<char> text, string format, out DateTimeOffset value)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.NoCurrentDateDefault;
        bool parsed = DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, Utc, out DateTime utc);
        value = new DateTimeOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc));
        return parsed;
    }
}
