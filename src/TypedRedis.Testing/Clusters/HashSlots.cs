using System.Text;

namespace TypedRedis.Testing.Clusters;

/// <summary>The slot of a key: CRC16 (XMODEM) of what stands in its hash tag, or of the whole key, modulo the number of slots.</summary>
internal static class HashSlots
{
    public const int Count = 16_384;

    private const ushort Polynomial = 0x1021;

    private static readonly ushort[] Table = MakeTable();

    public static int Of(string key) => Of(Encoding.UTF8.GetBytes(key));

    public static int Of(ReadOnlySpan<byte> key)
    {
        ushort crc = 0;
        foreach (var value in Tagged(key))
            crc = (ushort)((crc << 8) ^ Table[(crc >> 8) ^ value]);
        return crc % Count;
    }

    // From the first { to the first } behind it, unless nothing stands between them.
    private static ReadOnlySpan<byte> Tagged(ReadOnlySpan<byte> key)
    {
        var open = key.IndexOf((byte)'{');
        if (open < 0)
            return key;
        var tag = key[(open + 1)..];
        var length = tag.IndexOf((byte)'}');
        return length > 0 ? tag[..length] : key;
    }

    private static ushort[] MakeTable()
    {
        var table = new ushort[256];
        for (var value = 0; value < table.Length; value++)
        {
            var crc = value << 8;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ Polynomial : crc << 1;
            table[value] = (ushort)crc;
        }

        return table;
    }
}
