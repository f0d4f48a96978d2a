using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using StackExchange.Redis;

namespace TypedRedis;

public readonly partial struct CodecContext
{
    private string Model => _schema.Model;

    private string Key => _redis.FullKeyIfAny(_key) ?? "";

    /// <summary>
    /// What a converter or a serializer throws when it cannot convert a value, as against a failure of its own. Whatever it throws of an encrypted field could
    /// quote the value, and goes no further.
    /// </summary>
    private bool IsConversionError(int field, Exception error)
        => (error is FormatException or ArithmeticException or ArgumentException or InvalidCastException or InvalidOperationException
            or NotSupportedException or JsonException or IndexOutOfRangeException or KeyNotFoundException)
            || (_schema.IsSecret(field) && error is not OperationCanceledException);

    private RedisDecodeException Missing(int field)
    {
        string name = _schema.FieldName(field);
        return new RedisDecodeException($"{Model}: {_schema.Missing(field, Key)}", Model, Key, name, value: null);
    }

    /// <summary>The error of a value that is not what the member needs, or of a missing one. Of an encrypted field it quotes nothing.</summary>
    private RedisDecodeException Undecodable(ReadOnlySpan<RedisValue> values, int field, string expected, Exception? inner = null, bool quote = false)
    {
        if (values[field].IsNull)
        {
            return Missing(field);
        }

        string name = _schema.FieldName(field);
        if (_schema.IsSecret(field))
        {
            return new RedisDecodeException(
                $"{Model}: the field '{name}' of '{Key}' holds an encrypted value that is not {expected}{(inner is null ? "" : $" ({TypeName(inner.GetType())})")}. Correct the value, or give the member a type or a converter that reads it.",
                Model, Key, name, value: null);
        }

        expected = quote ? $"{expected} ({inner!.Message})" : expected;
        string value = Printable.Of((byte[]?)values[field]);
        return new RedisDecodeException(
            $"{Model}: {_schema.Place(field, Key)} holds '{value}', which is not {expected}. {_schema.ReadRemedy}",
            Model, Key, name, value, inner);
    }

    private RedisDecodeException UnknownName<[DynamicallyAccessedMembers(EnumTable.Members)] TEnum>(ReadOnlySpan<RedisValue> values, int field)
        where TEnum : struct, Enum
        => Undecodable(values, field, $"a name of {TypeName(typeof(TEnum))} (it has {EnumTable<TEnum>.KnownNames()}; upper and lower case differ{(EnumTable<TEnum>.IsFlags ? "; flags are separated by commas" : "")})");

    /// <param name="field">The field.</param>
    /// <param name="reason">Why, without anything of the value.</param>
    /// <param name="detail">What follows the reason and quotes the value; left out of an encrypted field.</param>
    /// <param name="inner">The cause, likewise.</param>
    private RedisEncodeException Unencodable(int field, string reason, string detail = "", Exception? inner = null)
    {
        string name = _schema.FieldName(field);
        if (_schema.IsSecret(field))
        {
            (detail, inner) = ("", null);
        }

        return new RedisEncodeException($"{Model}: {_schema.Place(field, Key)} cannot be written: {reason}{detail}. Nothing was written.", Model, Key, name, inner);
    }

    private RedisEncodeException NullMember(int field)
        => Unencodable(field, "it is null and is not declared nullable. Give it a value, or declare it nullable");

    private RedisEncodeException LoneSurrogate(int field, ReadOnlySpan<char> text)
    {
        string place = _schema.IsSecret(field) ? "" : string.Create(CultureInfo.InvariantCulture, $" at index {KeyText.IndexOfLoneSurrogate(text)}");
        return Unencodable(field, $"it holds half of a surrogate pair{place} and has no UTF-8 form", $": '{Printable.Of(text)}'");
    }

    private RedisEncodeException UnnamedValue<[DynamicallyAccessedMembers(EnumTable.Members)] TEnum>(int field, TEnum value)
        where TEnum : struct, Enum
        => Unencodable(field, $"{(_schema.IsSecret(field) ? "the number" : EnumTable<TEnum>.NumberOf(EnumTable<TEnum>.Bits(value)))} is not a value of {TypeName(typeof(TEnum))}, which has {EnumTable<TEnum>.KnownNames()}. Declare the value, or write the member as a number: [RedisField(EnumFormat = EnumFormat.Number)]");

    internal RedisEncodeException Unsortable(int field) => Unencodable(field, "NaN has no place in the order of an index. Make the member nullable and leave it null");

    internal RedisDecodeException UnindexableCollection(ReadOnlySpan<RedisValue> values, int field, Exception? inner)
        => Undecodable(values, field, "a JSON array of texts or numbers, which is what an indexed collection is", inner);

    private NotSupportedException NoMetadata<T>(int field, string reason)
        => new($"{Model}: the field '{_schema.FieldName(field)}' is JSON of {TypeName(typeof(T))}, and {reason}.");

    /// <summary>The name of a type as it stands in C#: <c>List&lt;String&gt;</c>.</summary>
    private static string TypeName(Type type)
    {
        if (!type.IsGenericType)
        {
            return type.Name;
        }

        int mark = type.Name.IndexOf('`');
        return $"{(mark < 0 ? type.Name : type.Name[..mark])}<{string.Join(", ", type.GenericTypeArguments.Select(TypeName))}>";
    }
}
