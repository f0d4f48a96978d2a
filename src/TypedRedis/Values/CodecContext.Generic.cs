using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using StackExchange.Redis;

namespace TypedRedis;

public readonly partial struct CodecContext
{
    /// <summary>Writes an enum by name: the one that was declared first for its value. Flags are separated by commas; no flags at all are an empty text.</summary>
    /// <exception cref="RedisEncodeException">The value has no name.</exception>
    public void WriteEnum<[DynamicallyAccessedMembers(EnumTable.Members)] TEnum>(Span<RedisValue> values, int field, TEnum value)
        where TEnum : struct, Enum
    {
        ulong bits = EnumTable<TEnum>.Bits(value);
        values[field] = EnumTable<TEnum>.NameOf(bits)
            ?? (EnumTable<TEnum>.IsFlags ? EnumTable<TEnum>.Compose(bits) : null)
            ?? throw UnnamedValue(field, value);
    }

    /// <summary>Reads an enum by name. Names are case-sensitive; aliases are read too.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds a name that the enum does not have.</exception>
    public TEnum ReadEnum<[DynamicallyAccessedMembers(EnumTable.Members)] TEnum>(ReadOnlySpan<RedisValue> values, int field)
        where TEnum : struct, Enum
    {
        byte[]? text = values[field];
        return text is not null && (EnumTable<TEnum>.TryValue(text, out ulong bits) || (EnumTable<TEnum>.IsFlags && EnumTable<TEnum>.TryCompose(text, out bits)))
            ? EnumTable<TEnum>.FromBits(bits)
            : throw UnknownName<TEnum>(values, field);
    }

    /// <summary>Writes an enum as its number.</summary>
    public void WriteEnumNumber<[DynamicallyAccessedMembers(EnumTable.Members)] TEnum>(Span<RedisValue> values, int field, TEnum value)
        where TEnum : struct, Enum
    {
        ulong bits = EnumTable<TEnum>.Bits(value);
        values[field] = EnumTable<TEnum>.IsSigned ? EnumTable<TEnum>.Signed(bits) : ValueFormat.Of(bits);
    }

    /// <summary>Reads an enum as its number. It need not have a name.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds no number in the range of the enum.</exception>
    public TEnum ReadEnumNumber<[DynamicallyAccessedMembers(EnumTable.Members)] TEnum>(ReadOnlySpan<RedisValue> values, int field)
        where TEnum : struct, Enum
    {
        RedisValue value = values[field];
        bool read = value.IsInteger ? EnumTable<TEnum>.TryNumber((long)value, out ulong bits) : EnumTable<TEnum>.TryNumber((byte[]?)value, out bits);
        return read ? EnumTable<TEnum>.FromBits(bits) : throw Undecodable(values, field, $"a number in the range of {TypeName(typeof(TEnum))}");
    }

    /// <summary>Writes a value as its own text in the invariant culture.</summary>
    /// <exception cref="RedisEncodeException">The value is null, or its text cannot be made or holds half of a surrogate pair.</exception>
    public void WriteParsable<T>(Span<RedisValue> values, int field, T value)
        where T : ISpanFormattable, ISpanParsable<T>
    {
        if (value is null)
        {
            throw NullMember(field);
        }

        try
        {
            if (ValueFormat.TryFormat(value, out values[field]))
            {
                return;
            }
        }
        catch (Exception error) when (IsConversionError(field, error))
        {
            throw Unencodable(field, $"{TypeName(typeof(T))}.TryFormat threw {error.GetType().Name}", $": {error.Message}", error);
        }

        throw LoneSurrogate(field, _schema.IsSecret(field) ? "" : value.ToString(null, CultureInfo.InvariantCulture));
    }

    /// <summary>Reads a value from its own text in the invariant culture.</summary>
    /// <exception cref="RedisDecodeException">The field is missing or holds something else.</exception>
    public T ReadParsable<T>(ReadOnlySpan<RedisValue> values, int field)
        where T : ISpanFormattable, ISpanParsable<T>
    {
        try
        {
            if (ValueParser.TryParse(values[field], Parse, out T? value) && value is not null)
            {
                return value;
            }
        }
        catch (Exception error) when (IsConversionError(field, error))
        {
            throw Undecodable(values, field, $"the text of a {TypeName(typeof(T))}", error);
        }

        throw Undecodable(values, field, $"the text of a {TypeName(typeof(T))}");

        static bool Parse(ReadOnlySpan<char> text, out T? value) => T.TryParse(text, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Writes a value through its converter.</summary>
    /// <exception cref="RedisEncodeException">The value is null, or the converter refuses it or answers null.</exception>
    public void WriteConverted<TConverter, T>(Span<RedisValue> values, int field, T value)
        where TConverter : IRedisConverter<T>
    {
        if (value is null)
        {
            throw NullMember(field);
        }

        try
        {
            values[field] = TConverter.Write(value);
        }
        catch (Exception error) when (IsConversionError(field, error))
        {
            throw Unencodable(field, $"{TypeName(typeof(TConverter))}.Write threw {error.GetType().Name}", $": {error.Message}", error);
        }

        if (values[field].IsNull)
        {
            throw Unencodable(field, $"{TypeName(typeof(TConverter))}.Write answered RedisValue.Null, which cannot be stored. Answer RedisValue.EmptyString for an empty value, and make the member nullable where it can be absent");
        }
    }

    /// <summary>Reads a value through its converter.</summary>
    /// <exception cref="RedisDecodeException">The field is missing, or the converter refuses what it holds.</exception>
    public T ReadConverted<TConverter, T>(ReadOnlySpan<RedisValue> values, int field)
        where TConverter : IRedisConverter<T>
    {
        if (values[field].IsNull)
        {
            throw Missing(field);
        }

        try
        {
            return TConverter.Read(values[field]);
        }
        catch (Exception error) when (IsConversionError(field, error))
        {
            throw Undecodable(values, field, $"a {TypeName(typeof(T))} as {TypeName(typeof(TConverter))} writes it", error, quote: true);
        }
    }
}
