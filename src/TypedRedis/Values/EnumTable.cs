using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace TypedRedis;

/// <summary>What <see cref="EnumTable{TEnum}"/> needs the trimmer to keep.</summary>
internal static class EnumTable
{
    public const DynamicallyAccessedMemberTypes Members = DynamicallyAccessedMemberTypes.PublicFields;

    /// <summary>
    /// Whether a name can stand in a key or among flags. Names from C# always can; other languages allow names that are numbers, or that hold commas or
    /// characters that keys escape, and such a name is treated as not being there.
    /// </summary>
    public static bool IsUsable(string name)
        => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name[0] is not ('-' or '+') && !name.Contains(',')
            && Encoding.UTF8.GetBytes(name).AsSpan().IndexOfAny(KeyText.Escaped) < 0;
}

/// <summary>The names and values of an enum as they stand in keys and fields. Values are kept as their bits, widened without their sign.</summary>
/// <typeparam name="TEnum">The enum.</typeparam>
internal static class EnumTable<[DynamicallyAccessedMembers(EnumTable.Members)] TEnum>
    where TEnum : struct, Enum
{
    public static readonly bool IsFlags = typeof(TEnum).IsDefined(typeof(FlagsAttribute), inherit: false);
    public static readonly bool IsSigned = Type.GetTypeCode(typeof(TEnum)) is TypeCode.SByte or TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64;

    // Each value once, ascending, beside the name that was declared first for it.
    private static readonly ulong[] Values;
    private static readonly byte[][] Names;

    // Each name, in the order of its bytes, beside its value.
    private static readonly byte[][] SortedNames;
    private static readonly ulong[] SortedNameValues;

    static EnumTable()
    {
        var firsts = new SortedDictionary<ulong, byte[]>();
        var names = new List<(byte[] Name, ulong Value)>();
        foreach (FieldInfo field in typeof(TEnum).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            if (EnumTable.IsUsable(field.Name))
            {
                ulong value = Bits(Enum.Parse<TEnum>(field.Name));
                byte[] name = Encoding.UTF8.GetBytes(field.Name);
                firsts.TryAdd(value, name);
                names.Add((name, value));
            }
        }

        names.Sort(static (left, right) => left.Name.AsSpan().SequenceCompareTo(right.Name));
        Values = [.. firsts.Keys];
        Names = [.. firsts.Values];
        SortedNames = [.. names.Select(static entry => entry.Name)];
        SortedNameValues = [.. names.Select(static entry => entry.Value)];
    }

    public static ulong Bits(TEnum value) => Unsafe.SizeOf<TEnum>() switch
    {
        sizeof(byte) => Unsafe.BitCast<TEnum, byte>(value),
        sizeof(ushort) => Unsafe.BitCast<TEnum, ushort>(value),
        sizeof(uint) => Unsafe.BitCast<TEnum, uint>(value),
        _ => Unsafe.BitCast<TEnum, ulong>(value),
    };

    public static TEnum FromBits(ulong bits) => Unsafe.SizeOf<TEnum>() switch
    {
        sizeof(byte) => Unsafe.BitCast<byte, TEnum>((byte)bits),
        sizeof(ushort) => Unsafe.BitCast<ushort, TEnum>((ushort)bits),
        sizeof(uint) => Unsafe.BitCast<uint, TEnum>((uint)bits),
        _ => Unsafe.BitCast<ulong, TEnum>(bits),
    };

    /// <summary>The value of an enum with a signed underlying type.</summary>
    public static long Signed(ulong bits)
    {
        int unused = 64 - (8 * Unsafe.SizeOf<TEnum>());
        return (long)(bits << unused) >> unused;
    }

    /// <summary>The number of a value, for error messages.</summary>
    public static string NumberOf(ulong bits)
        => IsSigned ? Signed(bits).ToString(CultureInfo.InvariantCulture) : bits.ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads a number within the range of the underlying type.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, out ulong bits)
    {
        if (IsSigned)
        {
            bits = 0;
            return NumberText.TryInteger(text, out long value) && TryNumber(value, out bits);
        }

        return NumberText.TryInteger(text, out bits) && Bits(FromBits(bits)) == bits;
    }

    /// <summary>The bits of a number within the range of the underlying type.</summary>
    public static bool TryNumber(long value, out ulong bits)
    {
        bits = Bits(FromBits((ulong)value));
        return IsSigned ? Signed(bits) == value : value >= 0 && bits == (ulong)value;
    }

    /// <summary>The name that was declared first for a value, or null where it has none.</summary>
    public static byte[]? NameOf(ulong bits)
    {
        int index = Values.AsSpan().BinarySearch(bits);
        return index < 0 ? null : Names[index];
    }

    /// <summary>The value of a name, an alias included.</summary>
    public static bool TryValue(ReadOnlySpan<byte> name, out ulong bits)
    {
        int low = 0, high = SortedNames.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = name.SequenceCompareTo(SortedNames[middle]);
            if (order == 0)
            {
                bits = SortedNameValues[middle];
                return true;
            }

            (low, high) = order < 0 ? (low, middle - 1) : (middle + 1, high);
        }

        bits = 0;
        return false;
    }

    /// <summary>The names of the flags that make up a value, <c>A,B</c>, the lowest first; null where they do not make it up. No flags: no bytes.</summary>
    public static byte[]? Compose(ulong bits)
    {
        Span<int> parts = stackalloc int[64];
        int count = 0, length = 0;
        for (int index = Values.Length - 1; index >= 0 && bits != 0; index--)
        {
            ulong flag = Values[index];
            if (flag != 0 && (bits & flag) == flag)
            {
                bits &= ~flag;
                parts[count++] = index;
                length += Names[index].Length + 1;
            }
        }

        if (bits != 0)
        {
            return null;
        }

        if (count == 0)
        {
            return [];
        }

        byte[] text = new byte[length - 1];
        int written = 0;
        while (true)
        {
            byte[] name = Names[parts[--count]];
            name.CopyTo(text, written);
            written += name.Length;
            if (count == 0)
            {
                return text;
            }

            text[written++] = (byte)',';
        }
    }

    /// <summary>Reads what <see cref="Compose"/> wrote.</summary>
    public static bool TryCompose(ReadOnlySpan<byte> text, out ulong bits)
    {
        bits = 0;
        if (text.IsEmpty)
        {
            return true;
        }

        foreach (Range part in text.Split((byte)','))
        {
            if (!TryValue(text[part], out ulong flag))
            {
                return false;
            }

            bits |= flag;
        }

        return true;
    }

    /// <summary>The names in the order of their values, for error messages.</summary>
    public static string KnownNames()
    {
        const int Most = 20;
        string names = string.Join(", ", Names.Take(Most).Select(Encoding.UTF8.GetString));
        return Names.Length > Most ? $"{names}, … ({Names.Length} in all)" : names;
    }
}
