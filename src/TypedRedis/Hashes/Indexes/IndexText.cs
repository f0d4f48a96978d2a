using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// The entries of an entity in its indexes as text; <c>index_entries.lua</c> says what it looks like. The key of an index is the template with <c>{}</c> in place
/// of parts, the index's name and the values compared for equality, escaped like key parts: <c>user:{}:email:ann@example.com</c>. No key of an entity has
/// <c>{}</c> in it, so that none is one of an index. What is sorted stands in members as text that sorts by its bytes like the value: a sign, the number of digits before
/// the point, the digits and a mark at the end, or the bits of a <see cref="double"/>. So ranges are exact for every value of every type, which scores are not.
/// </summary>
internal static class IndexText
{
    public static readonly RedisValue EntriesField = "_ix"u8.ToArray();

    /// <summary>The entries, a line each.</summary>
    /// <param name="schema">The model.</param>
    /// <param name="values">The values of its fields and key parts.</param>
    /// <param name="indexes">Which indexes, or nothing for all.</param>
    /// <param name="context">Names the entity in errors.</param>
    public static byte[] Entries(HashSchema schema, ReadOnlySpan<RedisValue> values, ReadOnlySpan<bool> indexes, in CodecContext context)
    {
        var text = new KeyWriter(stackalloc byte[4 * KeyWriter.StackSize]);
        for (int i = 0; i < schema.Indexes.Length; i++)
        {
            IndexSchema index = schema.Indexes[i];
            if ((!indexes.IsEmpty && !indexes[i]) || HasNull(values, index.Fields))
            {
                continue;
            }

            if (!index.IsCollection)
            {
                Entry(ref text, schema, i, values, context);
                continue;
            }

            int field = index.Fields[0];
            RedisValue[] element = values.ToArray();
            foreach (string distinct in Elements(values, field, context))
            {
                element[field] = distinct;
                Entry(ref text, schema, i, element, context);
            }
        }

        return text.ToArray();
    }

    /// <summary>The key of an index for values, without the context's prefix.</summary>
    public static byte[] Key(HashSchema schema, int index, ReadOnlySpan<RedisValue> values)
    {
        var text = new KeyWriter(stackalloc byte[KeyWriter.StackSize]);
        Key(ref text, schema, index, values);
        return text.ToArray();
    }

    /// <summary>Text that sorts like the value.</summary>
    public static byte[] Order(IndexSchema index, ReadOnlySpan<RedisValue> values, in CodecContext context)
    {
        var text = new KeyWriter(stackalloc byte[KeyWriter.StackSize]);
        Order(ref text, index, values, context);
        return text.ToArray();
    }

    /// <summary>The name of the index and the value in a key of an index, for people.</summary>
    public static (string Name, string Value) Describe(string key)
    {
        const string Mark = "{}:";
        int start = key.LastIndexOf(Mark, StringComparison.Ordinal) + Mark.Length;
        int end = key.IndexOf(':', start);
        return end < 0 ? (key[start..], "") : (key[start..end], Printable.Of(Uri.UnescapeDataString(key[(end + 1)..])));
    }

    /// <summary>The length of the order at the beginning of a member of a sorted index.</summary>
    public static int OrderLength(ReadOnlySpan<byte> member) => member.IndexOfAny((byte)'!', (byte)'~') + 1;

    private static bool HasNull(ReadOnlySpan<RedisValue> values, ReadOnlySpan<int> fields)
    {
        foreach (int field in fields)
        {
            if (values[field].IsNull)
            {
                return true;
            }
        }

        return false;
    }

    private static void Entry(ref KeyWriter text, HashSchema schema, int index, ReadOnlySpan<RedisValue> values, in CodecContext context)
    {
        IndexSchema declared = schema.Indexes[index];
        if (!text.Written.IsEmpty)
        {
            text.Literal("\n"u8);
        }

        text.Literal(declared.Kind == IndexKind.Unique ? "U"u8 : "S"u8);
        Key(ref text, schema, index, values);
        text.Literal("\t"u8);
        if (declared.Kind == IndexKind.Sorted)
        {
            Order(ref text, declared, values, context);
        }

        text.Literal("\t"u8);
    }

    private static void Key(ref KeyWriter text, HashSchema schema, int index, ReadOnlySpan<RedisValue> values)
    {
        IndexSchema declared = schema.Indexes[index];
        var (head, tail) = schema.IndexPrefixes[index];
        if (declared.SharesSlot)
        {
            text.Literal(head);
            text.Literal("{"u8);
            Value(ref text, values[declared.HashTag]);
            text.Literal("}"u8);
        }

        text.Literal(tail);
        bool first = true;
        foreach (int field in declared.EqualityFields)
        {
            if (field == declared.HashTag)
            {
                continue;
            }

            if (!first)
            {
                text.Literal(":"u8);
            }

            first = false;
            Value(ref text, values[field]);
        }
    }

    private static void Value(ref KeyWriter text, RedisValue value)
    {
        if (value.IsInteger)
        {
            text.Part((long)value);
        }
        else
        {
            text.Bytes((byte[]?)value);
        }
    }

    private static void Order(ref KeyWriter text, IndexSchema index, ReadOnlySpan<RedisValue> values, in CodecContext context)
    {
        int field = index.Fields[^1];
        switch (index.Sort)
        {
            case SortType.Integer:
                Integer(ref text, context.ReadInt128(values, field));
                break;
            case SortType.Double:
                Double(ref text, context.ReadDouble(values, field), values, field, context);
                break;
            case SortType.Decimal:
                Number(ref text, context.ReadDecimal(values, field));
                break;
            case SortType.DateOnly:
                Integer(ref text, context.ReadDateOnly(values, field).DayNumber);
                break;
            case SortType.TimeOnly:
                Integer(ref text, context.ReadTimeOnly(values, field).Ticks);
                break;
            case SortType.TimeSpan:
                Integer(ref text, context.ReadTimeSpan(values, field).Ticks);
                break;
            case SortType.DateTime:
                DateTime time = context.ReadDateTime(values, field);
                Integer(ref text, (time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : time).Ticks);
                break;
            default:
                Integer(ref text, context.ReadDateTimeOffset(values, field).UtcTicks);
                break;
        }
    }

    private static void Integer(ref KeyWriter text, Int128 value)
    {
        Span<byte> digits = stackalloc byte[40];
        Int128.Abs(value).TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        Digits(ref text, Int128.IsNegative(value), value == 0 ? [] : digits[..length], []);
    }

    private static void Number(ref KeyWriter text, decimal value)
    {
        Span<byte> digits = stackalloc byte[40];
        decimal.Abs(value).TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        digits = digits[..length];
        int point = digits.IndexOf((byte)'.');
        ReadOnlySpan<byte> fraction = point < 0 ? [] : digits[(point + 1)..].TrimEnd((byte)'0');
        ReadOnlySpan<byte> whole = (point < 0 ? digits : digits[..point]).TrimStart((byte)'0');
        Digits(ref text, value < 0, whole, fraction);
    }

    private static void Digits(ref KeyWriter text, bool negative, scoped ReadOnlySpan<byte> whole, scoped ReadOnlySpan<byte> fraction)
    {
        Span<byte> order = stackalloc byte[96];
        order[0] = (byte)(negative ? '0' : '1');
        order[1] = (byte)('0' + whole.Length / 10);
        order[2] = (byte)('0' + whole.Length % 10);
        whole.CopyTo(order[3..]);
        fraction.CopyTo(order[(3 + whole.Length)..]);
        int length = 3 + whole.Length + fraction.Length;
        for (int i = 1; negative && i < length; i++)
        {
            order[i] = (byte)('0' + '9' - order[i]);
        }

        order[length] = (byte)(negative ? '~' : '!');
        text.Literal(order[..(length + 1)]);
    }

    private static void Double(ref KeyWriter text, double value, ReadOnlySpan<RedisValue> values, int field, in CodecContext context)
    {
        if (double.IsNaN(value))
        {
            throw context.Unsortable(field);
        }

        long bits = BitConverter.DoubleToInt64Bits(value == 0 ? 0 : value);
        Span<byte> order = stackalloc byte[17];
        Utf8Formatter.TryFormat(bits < 0 ? ~(ulong)bits : (ulong)bits | 1UL << 63, order, out _, new System.Buffers.StandardFormat('x', 16));
        order[16] = (byte)'!';
        text.Literal(order);
    }

    // The elements of a JSON array of texts and numbers, each once.
    private static HashSet<string> Elements(ReadOnlySpan<RedisValue> values, int field, in CodecContext context)
    {
        var elements = new HashSet<string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader((byte[]?)values[field]);
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.String:
                        elements.Add(reader.GetString()!);
                        break;
                    case JsonTokenType.Number:
                        elements.Add(System.Text.Encoding.UTF8.GetString(reader.ValueSpan));
                        break;
                    case JsonTokenType.StartArray when reader.CurrentDepth == 0:
                    case JsonTokenType.EndArray or JsonTokenType.Null:
                        break;
                    default:
                        throw context.UnindexableCollection(values, field, inner: null);
                }
            }
        }
        catch (JsonException e)
        {
            throw context.UnindexableCollection(values, field, e);
        }

        return elements;
    }
}
