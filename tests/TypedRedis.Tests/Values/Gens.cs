using System.Numerics;
using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;

namespace TypedRedis.Tests;

/// <summary>Random values, extremes included.</summary>
internal static class Gens
{
    /// <summary>Characters that keys escape, and the digits and letters that their escapes are made of.</summary>
    public const string KeyAlphabet = ":{}%*?[]\\3A7Ba0-\0\n\u007f";

    private static readonly Gen<string> Piece = Gen.Frequency(
        (6, Gen.Elements("abcXYZ019_-. ıİß'\"".ToCharArray()).Select(static value => value.ToString())),
        (3, Gen.Elements(KeyAlphabet.ToCharArray()).Select(static value => value.ToString())),
        (2, Gen.Choose(0, 0xFFFF).Where(static value => !char.IsSurrogate((char)value)).Select(static value => ((char)value).ToString())),
        (1, Gen.Choose(0x10000, 0x10FFFF).Select(char.ConvertFromUtf32)));

    /// <summary>Well-formed text, empty and long ones included.</summary>
    public static readonly Gen<string> Text = Gen.Frequency(
        (1, Gen.Constant("")),
        (8, Piece.ArrayOf().Select(string.Concat)),
        (1, Piece.ArrayOf(200).Select(string.Concat)));

    /// <summary>Short text of what keys escape: pairs of these collide wherever escaping is wrong.</summary>
    public static readonly Gen<string> Adversarial = Gen.Choose(0, 3).SelectMany(static length
        => Gen.Elements(KeyAlphabet.ToCharArray()).ArrayOf(length).Select(static chars => new string(chars)));

    /// <summary>Text with half of a surrogate pair, and where it is.</summary>
    public static readonly Gen<(string Text, int Index)> LoneSurrogate =
        from before in Text
        from half in Gen.Choose(0xD800, 0xDFFF)
        from after in Text
        where !(char.IsHighSurrogate((char)half) && after.Length > 0 && char.IsLowSurrogate(after[0]))
        select ($"{before}{(char)half}{after}", before.Length);

    public static readonly Gen<char> Char = Gen.Frequency(
        (1, Gen.Elements(KeyAlphabet.ToCharArray())),
        (1, Gen.Elements('\0', '\uFFFF', '\uFFFD', '\uD7FF', '\uE000', 'ı')),
        (2, Gen.Choose(0, 0xFFFF).Select(static value => (char)value).Where(static value => !char.IsSurrogate(value))));

    public static readonly Gen<byte[]> Bytes = Gen.OneOf(Gen.Constant(Array.Empty<byte>()), Gen.Choose(0, 255).Select(static value => (byte)value).ArrayOf());

    public static readonly Gen<bool> Bool = Gen.Elements(true, false);

    public static readonly Gen<Guid> Guid = Gen.OneOf(Gen.Constant(System.Guid.Empty), Gen.Constant(System.Guid.AllBitsSet), Bits<Guid>());

    public static readonly Gen<decimal> Decimal = Gen.OneOf(
        Gen.Elements(0m, 0.00m, -0.0m, 1m, 1.00m, decimal.MaxValue, decimal.MinValue, 0.0000000000000000000000000001m, 7.9228162514264337593543950335m),
        Bits<Int128>().SelectMany(static bits => Gen.Choose(0, 28).Select(scale
            => new decimal((int)bits, (int)(bits >> 32), (int)(bits >> 64), (int)(bits >> 96) < 0, (byte)scale))));

    public static readonly Gen<BigInteger> BigInteger = Gen.OneOf(
        Gen.Elements(0, long.MaxValue, long.MinValue, (BigInteger)long.MaxValue + 1, (BigInteger)long.MinValue - 1, System.Numerics.BigInteger.Pow(10, 500)),
        Bytes.Select(static bytes => new BigInteger(bytes)));

    private static readonly Gen<long> Ticks = Gen.OneOf(
        Gen.Elements(0, System.DateTime.MaxValue.Ticks, new DateTime(2024, 2, 29).Ticks),
        Bits<ulong>().Select(static bits => (long)(bits % (ulong)System.DateTime.MaxValue.Ticks)));

    public static readonly Gen<DateTime> DateTime = Ticks.SelectMany(static ticks
        => Gen.Elements(DateTimeKind.Utc, DateTimeKind.Unspecified, DateTimeKind.Local).Select(kind => new DateTime(ticks, kind)));

    public static readonly Gen<DateOnly> DateOnly = Ticks.Select(static ticks => System.DateOnly.FromDateTime(new DateTime(ticks)));

    public static readonly Gen<TimeOnly> TimeOnly = Ticks.Select(static ticks => System.TimeOnly.FromDateTime(new DateTime(ticks)));

    public static readonly Gen<TimeSpan> TimeSpan = Gen.OneOf(
        Gen.Elements(System.TimeSpan.Zero, System.TimeSpan.MinValue, System.TimeSpan.MaxValue, System.TimeSpan.FromTicks(-1)),
        Bits<long>().Select(System.TimeSpan.FromTicks),
        Gen.Choose(-100_000, 100_000).Select(static seconds => System.TimeSpan.FromSeconds(seconds)));

    public static readonly Gen<DateTimeOffset> DateTimeOffset = Gen.OneOf(
        Gen.Elements(System.DateTimeOffset.MinValue, System.DateTimeOffset.MaxValue),
        Ticks.SelectMany(static ticks => Gen.Choose(-14 * 60, 14 * 60).Select(minutes => At(ticks, minutes))));

    public static readonly Gen<Version> Version =
        from parts in Gen.Choose(0, int.MaxValue).ArrayOf(4)
        from length in Gen.Choose(2, 4)
        select System.Version.Parse(string.Join('.', parts[..length]));

    /// <summary>Integers of every magnitude: small ones, the ends of the range and random bits.</summary>
    public static Gen<T> Integer<T>()
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
        => Gen.OneOf(
            Gen.Elements(T.Zero, T.One, T.MinValue, T.MaxValue, T.MaxValue - T.One, T.MinValue + T.One),
            Gen.Choose(0, 127).Select(T.CreateTruncating),
            Bits<T>(),
            Bits<T>().SelectMany(static value => Gen.Choose(0, 127).Select(shift => value >> shift)));

    /// <summary>Floating-point numbers: the special ones, integers, decimal fractions and random bits.</summary>
    public static Gen<T> Float<T>()
        where T : struct, IBinaryFloatingPointIeee754<T>, IMinMaxValue<T>
        => Gen.OneOf(
            Gen.Elements(T.NaN, T.PositiveInfinity, T.NegativeInfinity, T.NegativeZero, T.Zero, T.Epsilon, T.MinValue, T.MaxValue, T.One / T.CreateChecked(3)),
            Gen.Elements(1e5, 999999, 1e6, 1e7, 16777216, 99999999, 1e8, 999999999999999, 1e15, 1e16, 9007199254740993).Select(T.CreateSaturating),
            Gen.Choose(int.MinValue, int.MaxValue).Select(T.CreateSaturating),
            Gen.Choose(-100_000, 100_000).Select(static value => T.CreateSaturating(value / 100.0)),
            Bits<T>());

    private static DateTimeOffset At(long ticks, int minutes)
    {
        long offset = System.TimeSpan.FromMinutes(minutes).Ticks;
        long utc = Math.Clamp(ticks - offset, 0, System.DateTime.MaxValue.Ticks);
        return new DateTimeOffset(Math.Clamp(utc + offset, 0, System.DateTime.MaxValue.Ticks), System.TimeSpan.Zero) is var local && local.Ticks - offset == utc
            ? new DateTimeOffset(local.Ticks, System.TimeSpan.FromMinutes(minutes))
            : new DateTimeOffset(utc, System.TimeSpan.Zero);
    }

    private static Gen<T> Bits<T>()
        where T : struct
        => Gen.Choose(0, 255).Select(static value => (byte)value).ArrayOf(Unsafe.SizeOf<T>()).Select(static bytes => Unsafe.ReadUnaligned<T>(ref bytes[0]));
}
