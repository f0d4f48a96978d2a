using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Values as they stand in Redis. Integers are kept as the driver's own integers, which cost nothing; everything else is one array of UTF-8.</summary>
internal static class ValueFormat
{
    /// <summary>Text of at most 64 bytes, in the invariant culture.</summary>
    [SkipLocalsInit]
    public static RedisValue Of<T>(T value, ReadOnlySpan<char> format = default)
        where T : IUtf8SpanFormattable
    {
        Span<byte> buffer = stackalloc byte[64];
        return value.TryFormat(buffer, out int length, format, CultureInfo.InvariantCulture)
            ? buffer[..length].ToArray()
            : throw new UnreachableException();
    }

    public static RedisValue Of(ulong value) => value <= long.MaxValue ? (long)value : Of<ulong>(value);

    /// <summary>The shortest text that reads back as the same number.</summary>
    public static RedisValue Of(double value)
    {
        // Large numbers are written with an exponent or rounded to the digits that tell them apart; -0 is no integer.
        long integer = (long)value;
        return integer == value && Math.Abs(value) < 1e15 && (integer != 0 || !double.IsNegative(value)) ? integer : Of<double>(value);
    }

    /// <inheritdoc cref="Of(double)"/>
    public static RedisValue Of(float value)
    {
        int integer = (int)value;
        return integer == value && Math.Abs(value) < 1e6f && (integer != 0 || !float.IsNegative(value)) ? (long)integer : Of<float>(value);
    }

    public static RedisValue Of(ReadOnlyMemory<byte> value)
        => MemoryMarshal.TryGetArray(value, out ArraySegment<byte> segment) && segment.Array is { } array && array.Length == segment.Count ? array : value.ToArray();

    /// <summary>Text of any length, in the invariant culture. False where it holds half of a surrogate pair.</summary>
    [SkipLocalsInit]
    public static bool TryFormat<T>(T value, out RedisValue result)
        where T : ISpanFormattable
    {
        Span<char> buffer = stackalloc char[128];
        char[]? rented = null;
        int length;
        while (!value.TryFormat(buffer, out length, default, CultureInfo.InvariantCulture))
        {
            int larger = checked(2 * buffer.Length);
            Return(rented);
            buffer = rented = ArrayPool<char>.Shared.Rent(larger);
        }

        bool encoded = TryEncode(buffer[..length], out result);
        Return(rented);
        return encoded;

        static void Return(char[]? rented)
        {
            if (rented is not null)
            {
                ArrayPool<char>.Shared.Return(rented);
            }
        }
    }

    /// <summary>Strict UTF-8. False where the text holds half of a surrogate pair.</summary>
    [SkipLocalsInit]
    public static bool TryEncode(ReadOnlySpan<char> text, out RedisValue result)
    {
        const int OnStack = 192;
        if (text.Length <= OnStack / 3)
        {
            Span<byte> buffer = stackalloc byte[OnStack];
            bool encoded = Utf8.FromUtf16(text, buffer, out _, out int length, replaceInvalidSequences: false) == OperationStatus.Done;
            result = encoded ? buffer[..length].ToArray() : RedisValue.Null;
            return encoded;
        }

        byte[] bytes = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetByteCount(text));
        result = bytes;
        return Utf8.FromUtf16(text, bytes, out _, out _, replaceInvalidSequences: false) == OperationStatus.Done;
    }
}
