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
        long unit = UnitOf(format);
        return unit > 0 ? new DateTime(value.Ticks - (value.Ticks % unit)) : Normalize<DateTime, DateTime>(value, value, format, KeyDate.TryParse);
    }

    /// <summary>Cuts a point in time to what its format keeps, in UTC, so that keys are equal exactly when their texts are.</summary>
    /// <exception cref="ArgumentException">The format's text cannot be read back.</exception>
    public static DateTimeOffset Normalize(DateTimeOffset value, string format)
    {
        DateTime utc = value.UtcDateTime;
        long unit = UnitOf(format);
        return unit > 0 ? new DateTimeOffset(utc.Ticks - (utc.Ticks % unit), TimeSpan.Zero) : Normalize<DateTime, DateTimeOffset>(utc, value, format, KeyDate.TryParse);
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

    /// <summary>The ticks of the smallest unit of a usual format, for which nothing need be formatted; 0 for another format.</summary>
    private static long UnitOf(string format) => format switch
    {
        "yyyy-MM-dd" or "yyyyMMdd" => TimeSpan.TicksPerDay,
        "yyyy-MM-ddTHH" or "yyyy-MM-dd-HH" or "yyyyMMddHH" => TimeSpan.TicksPerHour,
        "yyyy-MM-ddTHH:mm" or "yyyy-MM-dd-HH-mm" or "yyyyMMddHHmm" => TimeSpan.TicksPerMinute,
        "yyyy-MM-ddTHH:mm:ss" or "yyyyMMddHHmmss" => TimeSpan.TicksPerSecond,
        _ => 0,
    };

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
