using System.Buffers;
using System.ComponentModel;
using System.Globalization;
using System.Text.Unicode;

namespace TypedRedis;

/// <summary>What emitted key structs need besides <see cref="KeyWriter"/> and <see cref="KeyReader"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class KeyPart
{
    /// <summary>Cuts a date to what its format keeps, so that keys are equal exactly when their texts are.</summary>
    /// <exception cref="ArgumentException">The format's text cannot be read back.</exception>
    public static DateOnly Normalize(DateOnly value, string format)
        => format is "yyyy-MM-dd" or "yyyyMMdd" ? value : Normalize(value, value, format, KeyDate.TryParse);

    /// <summary>Cuts a time of day to what its format keeps, so that keys are equal exactly when their texts are.</summary>
    /// <exception cref="ArgumentException">The format's text cannot be read back.</exception>
    public static TimeOnly Normalize(TimeOnly value, string format)
        => format is "HHmmssfffffff" ? value : Normalize(value, value, format, KeyDate.TryParse);

    /// <summary>Cuts a date and time to what its format keeps, so that keys are equal exactly when their texts are. Its kind becomes unspecified.</summary>
    /// <exception cref="ArgumentException">The format's text cannot be read back.</exception>
    public static DateTime Normalize(DateTime value, string format)
    {
        value = DateTime.SpecifyKind(value, DateTimeKind.Unspecified);
        return format is "yyyy-MM-dd" or "yyyyMMdd" ? value.Date : Normalize<DateTime, DateTime>(value, value, format, KeyDate.TryParse);
    }

    /// <summary>Cuts a point in time to what its format keeps, in UTC, so that keys are equal exactly when their texts are.</summary>
    /// <exception cref="ArgumentException">The format's text cannot be read back.</exception>
    public static DateTimeOffset Normalize(DateTimeOffset value, string format)
    {
        DateTime utc = value.UtcDateTime;
        return format is "yyyy-MM-dd" or "yyyyMMdd" ? new DateTimeOffset(utc.Date) : Normalize<DateTime, DateTimeOffset>(utc, value, format, KeyDate.TryParse);
    }

    /// <summary>Reads a key from text that stands in .NET as UTF-16.</summary>
    public static bool TryParse<TKey>(ReadOnlySpan<char> key, out TKey result)
        where TKey : struct, IRedisKey<TKey>
    {
        const int OnStack = 384;
        byte[]? rented = null;
        Span<byte> buffer = key.Length <= OnStack / 3 ? stackalloc byte[OnStack] : rented = ArrayPool<byte>.Shared.Rent(checked(3 * key.Length));
        result = default;
        bool parsed = Utf8.FromUtf16(key, buffer, out _, out int length, replaceInvalidSequences: false) == OperationStatus.Done
            && TKey.TryParse(buffer[..length], out result);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return parsed;
    }

    private static TResult Normalize<TWritten, TResult>(TWritten written, TResult value, string format, KeyDate.Parser<TResult> parse)
        where TWritten : ISpanFormattable
        where TResult : IEquatable<TResult>
    {
        Span<char> text = stackalloc char[KeyText.MaxFormatted];
        return written.TryFormat(text, out int length, format, CultureInfo.InvariantCulture) && parse(text[..length], format, out TResult result)
            ? result
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The key part {value:O} cannot be read back from the format '{format}'. Use a format that names each component once, from the year down, such as yyyy-MM-dd."), nameof(value));
    }
}
