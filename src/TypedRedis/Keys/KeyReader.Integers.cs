using System.Globalization;
using System.Numerics;

namespace TypedRedis;

public ref partial struct KeyReader
{
    /// <summary>Reads an integer.</summary>
    public bool Part(out sbyte value) => NumberText.TryCanonicalInteger(Next(), out value);

    /// <inheritdoc cref="Part(out sbyte)"/>
    public bool Part(out byte value) => NumberText.TryCanonicalInteger(Next(), out value);

    /// <inheritdoc cref="Part(out sbyte)"/>
    public bool Part(out short value) => NumberText.TryCanonicalInteger(Next(), out value);

    /// <inheritdoc cref="Part(out sbyte)"/>
    public bool Part(out ushort value) => NumberText.TryCanonicalInteger(Next(), out value);

    /// <inheritdoc cref="Part(out sbyte)"/>
    public bool Part(out int value) => NumberText.TryCanonicalInteger(Next(), out value);

    /// <inheritdoc cref="Part(out sbyte)"/>
    public bool Part(out uint value) => NumberText.TryCanonicalInteger(Next(), out value);

    /// <inheritdoc cref="Part(out sbyte)"/>
    public bool Part(out long value) => NumberText.TryCanonicalInteger(Next(), out value);

    /// <inheritdoc cref="Part(out sbyte)"/>
    public bool Part(out ulong value) => NumberText.TryCanonicalInteger(Next(), out value);

    /// <inheritdoc cref="Part(out sbyte)"/>
    public bool Part(out Int128 value) => NumberText.TryCanonicalInteger(Next(), out value);

    /// <inheritdoc cref="Part(out sbyte)"/>
    public bool Part(out UInt128 value) => NumberText.TryCanonicalInteger(Next(), out value);

    /// <summary>Reads an integer in a format: <c>D</c>, <c>X</c> or <c>B</c> with a number of digits, or zeros.</summary>
    public bool Part(out sbyte value, string format) => Formatted<long, sbyte>(format, out value);

    /// <inheritdoc cref="Part(out sbyte, string)"/>
    public bool Part(out byte value, string format) => Formatted<long, byte>(format, out value);

    /// <inheritdoc cref="Part(out sbyte, string)"/>
    public bool Part(out short value, string format) => Formatted<long, short>(format, out value);

    /// <inheritdoc cref="Part(out sbyte, string)"/>
    public bool Part(out ushort value, string format) => Formatted<long, ushort>(format, out value);

    /// <inheritdoc cref="Part(out sbyte, string)"/>
    public bool Part(out int value, string format) => Formatted<long, int>(format, out value);

    /// <inheritdoc cref="Part(out sbyte, string)"/>
    public bool Part(out uint value, string format) => Formatted<long, uint>(format, out value);

    /// <inheritdoc cref="Part(out sbyte, string)"/>
    public bool Part(out long value, string format) => Formatted<long, long>(format, out value);

    /// <inheritdoc cref="Part(out sbyte, string)"/>
    public bool Part(out ulong value, string format) => Formatted<ulong, ulong>(format, out value);

    /// <inheritdoc cref="Part(out sbyte, string)"/>
    public bool Part(out Int128 value, string format) => Formatted<Int128, Int128>(format, out value);

    /// <inheritdoc cref="Part(out sbyte, string)"/>
    public bool Part(out UInt128 value, string format) => Formatted<UInt128, UInt128>(format, out value);

    /// <summary>Reads an integer as the type that <see cref="KeyWriter"/> formatted it as, then narrows it.</summary>
    private bool Formatted<TWritten, T>(string format, out T value)
        where TWritten : struct, IBinaryInteger<TWritten>
        where T : struct, IBinaryInteger<T>
    {
        NumberStyles style = format is ['X' or 'x', ..] ? NumberStyles.AllowHexSpecifier
            : format is ['B' or 'b', ..] ? NumberStyles.AllowBinarySpecifier
            : NumberStyles.AllowLeadingSign;
        ReadOnlySpan<byte> raw = Next();
        if (TWritten.TryParse(raw, style, CultureInfo.InvariantCulture, out TWritten written) && IsTextOf(written, format, raw))
        {
            value = T.CreateSaturating(written);
            return TWritten.CreateSaturating(value) == written;
        }

        value = default;
        return false;
    }
}
