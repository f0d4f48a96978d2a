using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Reads what <see cref="ValueFormat"/> wrote. An absent value is never read: its text is empty, or its bytes are null.</summary>
internal static class ValueParser
{
    /// <summary>No date, duration or version is longer.</summary>
    private const int MaxText = 64;

    public delegate bool Parser<T>(ReadOnlySpan<char> text, out T value);

    public static bool TryBoolean(RedisValue value, out bool result)
    {
        if (value.IsInteger)
        {
            long integer = (long)value;
            result = integer == 1;
            return integer is 0 or 1;
        }

        byte[]? text = value;
        result = text is [(byte)'1'];
        return result || text is [(byte)'0'];
    }

    public static bool TryInteger<T>(RedisValue value, out T result)
        where T : struct, IBinaryInteger<T>
    {
        if (!value.IsInteger)
        {
            return NumberText.TryInteger<T>((byte[]?)value, out result);
        }

        long integer = (long)value;
        result = T.CreateSaturating(integer);
        return long.CreateSaturating(result) == integer;
    }

    public static bool TryFloat<T>(RedisValue value, out T result)
        where T : struct, IBinaryFloatingPointIeee754<T>
    {
        if (!value.IsInteger)
        {
            return NumberText.TryFloat<T>((byte[]?)value, out result);
        }

        result = T.CreateSaturating((long)value);
        return T.IsFinite(result);
    }

    public static bool TryDecimal(RedisValue value, out decimal result)
    {
        if (!value.IsInteger)
        {
            return NumberText.TryDecimal((byte[]?)value, out result);
        }

        result = (long)value;
        return true;
    }

    public static bool TryString(RedisValue value, [NotNullWhen(true)] out string? result)
    {
        byte[]? bytes = value;
        bool read = bytes is not null && Utf8.IsValid(bytes);
        result = read ? Encoding.UTF8.GetString(bytes!) : null;
        return read;
    }

    public static bool TryChar(RedisValue value, out char result)
    {
        Span<char> text = stackalloc char[1];
        bool read = Utf8.ToUtf16((byte[]?)value, text, out _, out int length, replaceInvalidSequences: false) == OperationStatus.Done && length == 1;
        result = read ? text[0] : default;
        return read;
    }

    public static bool TryGuid(RedisValue value, out Guid result)
    {
        byte[]? text = value;
        return Utf8Parser.TryParse(text, out result, out int consumed, 'D') && consumed == text!.Length;
    }

    public static bool TryDate(RedisValue value, out DateOnly result)
    {
        byte[]? text = value;
        result = default;
        if (text is not { Length: 10 } || text[4] != '-' || text[7] != '-'
            || !TryDigits(text.AsSpan(0, 4), out int year) || !TryDigits(text.AsSpan(5, 2), out int month) || !TryDigits(text.AsSpan(8, 2), out int day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        result = new DateOnly(year, month, day);
        return true;
    }

    public static bool TryTime(RedisValue value, out TimeOnly result)
        => TryText(value, static (ReadOnlySpan<char> text, out TimeOnly time)
            => TimeOnly.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out time), out result);

    // The fast parser refuses local times that are beyond the first or the last day in UTC; the other takes them.
    public static bool TryDateTime(RedisValue value, out DateTime result)
    {
        byte[]? bytes = value;
        return (Utf8Parser.TryParse(bytes, out result, out int consumed, 'O') && consumed == bytes!.Length)
            || TryText(value, static (ReadOnlySpan<char> text, out DateTime time)
                => DateTime.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out time), out result);
    }

    // Text without an offset would get the offset of this machine.
    public static bool TryDateTimeOffset(RedisValue value, out DateTimeOffset result)
    {
        byte[]? text = value;
        result = default;
        return text is { Length: > 0 } && (text.Length == "2025-12-31T23:59:59.0000000+01:00".Length || text[^1] == 'Z')
            && Utf8Parser.TryParse(text, out result, out int consumed, 'O') && consumed == text.Length;
    }

    // The parsers of the next two are lenient: "5" would be five days, " 1 . 02" a version. The text has to be the one that is written.
    public static bool TryTimeSpan(RedisValue value, out TimeSpan result)
    {
        byte[]? text = value;
        return Utf8Parser.TryParse(text, out result, out int consumed, 'c') && consumed == text!.Length && IsTextOf(result, text);
    }

    public static bool TryVersion(RedisValue value, [NotNullWhen(true)] out Version? result)
    {
        byte[]? text = value;
        return Version.TryParse(text, out result) && IsTextOf(result, text);
    }

    /// <summary>Text of any length, through a parser that takes UTF-16.</summary>
    [SkipLocalsInit]
    public static bool TryParse<T>(RedisValue value, Parser<T?> parse, out T? result)
    {
        const int OnStack = 256;
        byte[]? bytes = value;
        result = default;
        if (bytes is null)
        {
            return false;
        }

        char[]? rented = null;
        Span<char> text = bytes.Length <= OnStack ? stackalloc char[OnStack] : rented = ArrayPool<char>.Shared.Rent(bytes.Length);
        bool read = Utf8.ToUtf16(bytes, text, out _, out int length, replaceInvalidSequences: false) == OperationStatus.Done && parse(text[..length], out result);
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return read;
    }

    [SkipLocalsInit]
    private static bool TryText<T>(RedisValue value, Parser<T> parse, out T result)
    {
        Span<char> text = stackalloc char[MaxText];
        if (Ascii.ToUtf16((byte[]?)value, text, out int length) == OperationStatus.Done)
        {
            return parse(text[..length], out result);
        }

        result = default!;
        return false;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (byte digit in text)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            value = (10 * value) + (digit - '0');
        }

        return true;
    }

    private static bool IsTextOf<T>(T value, ReadOnlySpan<byte> text)
        where T : IUtf8SpanFormattable
    {
        Span<byte> expected = stackalloc byte[MaxText];
        return value.TryFormat(expected, out int length, default, CultureInfo.InvariantCulture) && text.SequenceEqual(expected[..length]);
    }
}
