namespace TypedRedis.Tests.Values;

/// <summary>Every way to read a field.</summary>
internal static class Reads
{
    public static readonly ReadField<object>[] All =
    [
        (in c, v) => c.ReadString(v, 0), (in c, v) => c.ReadBytes(v, 0), (in c, v) => c.ReadMemory(v, 0), (in c, v) => c.ReadBoolean(v, 0),
        (in c, v) => c.ReadChar(v, 0), (in c, v) => c.ReadSByte(v, 0), (in c, v) => c.ReadByte(v, 0), (in c, v) => c.ReadInt16(v, 0),
        (in c, v) => c.ReadUInt16(v, 0), (in c, v) => c.ReadInt32(v, 0), (in c, v) => c.ReadUInt32(v, 0), (in c, v) => c.ReadInt64(v, 0),
        (in c, v) => c.ReadUInt64(v, 0), (in c, v) => c.ReadInt128(v, 0), (in c, v) => c.ReadUInt128(v, 0), (in c, v) => c.ReadBigInteger(v, 0),
        (in c, v) => c.ReadHalf(v, 0), (in c, v) => c.ReadSingle(v, 0), (in c, v) => c.ReadDouble(v, 0), (in c, v) => c.ReadDecimal(v, 0),
        (in c, v) => c.ReadGuid(v, 0), (in c, v) => c.ReadDateOnly(v, 0), (in c, v) => c.ReadTimeOnly(v, 0), (in c, v) => c.ReadDateTime(v, 0),
        (in c, v) => c.ReadDateTimeOffset(v, 0), (in c, v) => c.ReadTimeSpan(v, 0), (in c, v) => c.ReadVersion(v, 0), (in c, v) => c.ReadUri(v, 0),
        (in c, v) => c.ReadEnum<Plan>(v, 0), (in c, v) => c.ReadEnum<Rights>(v, 0), (in c, v) => c.ReadEnumNumber<Plan>(v, 0), (in c, v) => c.ReadEnumNumber<Wide>(v, 0),
        (in c, v) => c.ReadJson<Address>(v, 0), (in c, v) => c.ReadJson<Address>(v, 0, TestJson.Default), (in c, v) => c.FromJson<Address>(v[0]),
        (in c, v) => c.ReadParsable<Temperature>(v, 0), (in c, v) => c.ReadParsable<Note>(v, 0), (in c, v) => c.ReadConverted<HexConverter, int>(v, 0),
    ];
}
