using System.Diagnostics.CodeAnalysis;
using StackExchange.Redis;

namespace TypedRedis;

public readonly partial struct CodecContext
{
    /// <summary>Reads an enum that a script returns as a code: the number of a constant, or its name.</summary>
    /// <exception cref="RedisDecodeException">It is nil, or the enum has no such constant.</exception>
    public TEnum ReadEnumCode<[DynamicallyAccessedMembers(EnumTable.Members)] TEnum>(ReadOnlySpan<RedisValue> values, int field)
        where TEnum : struct, Enum
    {
        byte[]? text = values[field];
        if (EnumTable<TEnum>.TryNumber(text, out ulong bits))
        {
            return EnumTable<TEnum>.NameOf(bits) is not null || (EnumTable<TEnum>.IsFlags && EnumTable<TEnum>.Compose(bits) is not null)
                ? EnumTable<TEnum>.FromBits(bits)
                : throw Undecodable(values, field, $"a number of {TypeName(typeof(TEnum))} (it has {EnumTable<TEnum>.KnownNames()})");
        }

        return ReadEnum<TEnum>(values, field);
    }
}
