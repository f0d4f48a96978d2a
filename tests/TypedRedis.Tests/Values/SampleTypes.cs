using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using StackExchange.Redis;

namespace TypedRedis.Tests.Values;

/// <summary>An enum with an alias, an undefined default and a name in another script.</summary>
internal enum Plan
{
    Free = 1,
    Pro = 2,
    Professional = 2,
    Größe = 3,
}

/// <summary>Flags without a name for none, with a combination that has one.</summary>
[Flags]
internal enum Rights : ushort
{
    Read = 1,
    Write = 2,
    ReadWrite = 3,
    Share = 8,
    Top = 0x8000,
}

/// <summary>Flags with a name for none and a bit at the sign.</summary>
[Flags]
internal enum Modes : long
{
    None = 0,
    A = 1,
    Last = long.MinValue,
}

internal enum Wide : ulong
{
    Zero,
    Top = ulong.MaxValue,
}

/// <summary>A struct with its own text: a number, a comma or a point by culture, and a unit.</summary>
internal readonly record struct Temperature(decimal Degrees) : ISpanFormattable, ISpanParsable<Temperature>
{
    public string ToString(string? format, IFormatProvider? provider) => Degrees.ToString(provider) + "°C";

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        bool fits = Degrees.TryFormat(destination, out charsWritten, default, provider) && "°C".TryCopyTo(destination[charsWritten..]);
        charsWritten += 2;
        return fits;
    }

    public static Temperature Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => TryParse(s, provider, out Temperature result) ? result : throw new FormatException();

    public static Temperature Parse(string s, IFormatProvider? provider) => Parse(s.AsSpan(), provider);

    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out Temperature result)
    {
        bool parsed = decimal.TryParse(s.EndsWith("°C") ? s[..^2] : "", NumberStyles.Number, provider, out decimal degrees);
        result = new(degrees);
        return parsed;
    }

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Temperature result) => TryParse(s.AsSpan(), provider, out result);
}

/// <summary>A class whose text is any string. It breaks its parser's promise for the text "throw".</summary>
internal sealed record Note(string Text) : ISpanFormattable, ISpanParsable<Note>
{
    public string ToString(string? format, IFormatProvider? provider) => Text;

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        bool fits = Text.TryCopyTo(destination);
        charsWritten = fits ? Text.Length : 0;
        return fits;
    }

    public static Note Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => new(s.ToString());

    public static Note Parse(string s, IFormatProvider? provider) => new(s);

    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, [MaybeNullWhen(false)] out Note result)
    {
        result = s is "throw" ? throw new OverflowException("too much") : new(s.ToString());
        return true;
    }

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out Note result) => TryParse(s.AsSpan(), provider, out result);
}

internal sealed class HexConverter : IRedisConverter<int>
{
    public static RedisValue Write(int value) => value.ToString("X8", CultureInfo.InvariantCulture);

    public static int Read(RedisValue value) => int.Parse((string)value!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}

internal sealed class PlainConverter : IRedisConverter<int>
{
    public static RedisValue Write(int value) => value;

    public static int Read(RedisValue value) => (int)value;
}

/// <summary>Refuses what it is given: null for 0, an error for anything else.</summary>
internal sealed class BadConverter : IRedisConverter<int>
{
    public static RedisValue Write(int value) => value == 0 ? RedisValue.Null : throw new ArgumentException("not today");

    public static int Read(RedisValue value) => throw new OverflowException("too much");
}

internal sealed record Address(string Street, int? Number);

internal sealed record Unknown(int Value);

[JsonSerializable(typeof(Address))]
[JsonSerializable(typeof(List<Address>))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(double))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class TestJson : JsonSerializerContext;
