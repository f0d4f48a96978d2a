using System.Globalization;
using System.Numerics;

namespace TypedRedis;

/// <summary>
/// Reads numbers strictly: the invariant culture, no white space, no <c>+</c>, no thousands separators, nothing out of range. (The parsers of .NET also
/// take trailing NUL bytes and round what is too long; these do not.)
/// </summary>
internal static class NumberText
{
    /// <summary>An optional <c>-</c> and digits.</summary>
    public static bool TryInteger<T>(ReadOnlySpan<byte> text, out T result)
        where T : IBinaryInteger<T>
    {
        if (text.IsEmpty || text[0] == '+' || !IsDigit(text[^1]))
        {
            result = T.Zero;
            return false;
        }

        return T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out result!);
    }

    /// <summary>The only text of an integer: no leading zeros, no <c>-0</c>.</summary>
    public static bool TryCanonicalInteger<T>(ReadOnlySpan<byte> text, out T result)
        where T : IBinaryInteger<T>
    {
        if (!IsCanonicalInteger(text))
        {
            result = T.Zero;
            return false;
        }

        return TryInteger(text, out result);
    }

    /// <summary>Digits with an optional sign, point and exponent, or one of <c>NaN</c>, <c>Infinity</c>, <c>-Infinity</c> and Redis's <c>nan</c>, <c>inf</c>, <c>+inf</c>, <c>-inf</c>.</summary>
    public static bool TryFloat<T>(ReadOnlySpan<byte> text, out T result)
        where T : IBinaryFloatingPointIeee754<T>
    {
        result = T.Zero;
        if (text.IsEmpty)
        {
            return false;
        }

        if (IsNumber(text))
        {
            // What is beyond the type's range is parsed as infinity.
            return T.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out result!)
                && T.IsFinite(result);
        }

        if (text.SequenceEqual("NaN"u8) || text.SequenceEqual("nan"u8))
        {
            result = T.NaN;
            return true;
        }

        bool negative = text[0] == '-';
        ReadOnlySpan<byte> word = negative || text[0] == '+' ? text[1..] : text;
        result = negative ? T.NegativeInfinity : T.PositiveInfinity;
        return word.SequenceEqual("inf"u8) || (word.SequenceEqual("Infinity"u8) && text[0] != '+');
    }

    /// <summary>Digits with an optional sign and point, all of which a decimal can hold.</summary>
    public static bool TryDecimal(ReadOnlySpan<byte> text, out decimal result)
    {
        result = 0;
        if (text.IsEmpty || !IsNumber(text)
            || !decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out result))
        {
            return false;
        }

        int point = text.IndexOf((byte)'.');
        return (point < 0 ? 0 : text.Length - point - 1) == result.Scale;
    }

    public static bool IsCanonicalInteger(ReadOnlySpan<byte> text)
    {
        bool negative = !text.IsEmpty && text[0] == '-';
        ReadOnlySpan<byte> digits = negative ? text[1..] : text;
        return !digits.IsEmpty && (digits[0] != '0' || (digits.Length == 1 && !negative));
    }

    private static bool IsNumber(ReadOnlySpan<byte> text)
        => (IsDigit(text[0]) || text[0] is (byte)'-' or (byte)'.') && (IsDigit(text[^1]) || text[^1] == '.');

    private static bool IsDigit(byte value) => (uint)(value - '0') <= 9;
}
