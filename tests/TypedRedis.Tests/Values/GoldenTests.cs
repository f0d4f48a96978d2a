using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis.Tests.Values;

/// <summary>
/// The encodings are frozen: what one version wrote, every later one must read. A change of <c>encodings.golden.txt</c> breaks the data of users.
/// Each line is the type, the value as C# and the bytes in Redis: as text between quotes, or in hexadecimal where they are not printable ASCII.
/// </summary>
public class GoldenTests
{
    [Fact]
    public void Encodings_are_those_of_the_file()
        => Cultures.ForEach(static () =>
        {
            var lines = new StringBuilder();
            foreach ((string type, string value, WriteField write) in Samples)
            {
                lines.Append(type).Append(" | ").Append(value).Append(" | ").Append(Show(((byte[]?)Fields.Write(write))!)).Append('\n');
            }

            Verify(lines.ToString());
        });

    private static readonly (string Type, string Value, WriteField Write)[] Samples =
    [
        Sample("string", (in c, v) => c.Write(v, 0, "")),
        Sample("string", (in c, v) => c.Write(v, 0, "text")),
        Sample("string", (in c, v) => c.Write(v, 0, "größe €")),
        Sample("string", (in c, v) => c.Write(v, 0, "\0\n\u007f")),
        Sample("string", (in c, v) => c.Write(v, 0, "\U0001F600")),
        Sample("byte[]", (in c, v) => c.Write(v, 0, Array.Empty<byte>())),
        Sample("byte[]", (in c, v) => c.Write(v, 0, new byte[] { 0, 255 })),
        Sample("ReadOnlyMemory<byte>", (in c, v) => c.Write(v, 0, new ReadOnlyMemory<byte>([1, 2, 3], 1, 1))),
        Sample("bool", (in c, v) => c.Write(v, 0, true)),
        Sample("bool", (in c, v) => c.Write(v, 0, false)),
        Sample("char", (in c, v) => c.Write(v, 0, 'x')),
        Sample("char", (in c, v) => c.Write(v, 0, '\0')),
        Sample("char", (in c, v) => c.Write(v, 0, '€')),
        Sample("sbyte", (in c, v) => c.Write(v, 0, sbyte.MinValue)),
        Sample("byte", (in c, v) => c.Write(v, 0, byte.MaxValue)),
        Sample("short", (in c, v) => c.Write(v, 0, short.MinValue)),
        Sample("ushort", (in c, v) => c.Write(v, 0, ushort.MaxValue)),
        Sample("int", (in c, v) => c.Write(v, 0, 0)),
        Sample("int", (in c, v) => c.Write(v, 0, int.MinValue)),
        Sample("uint", (in c, v) => c.Write(v, 0, uint.MaxValue)),
        Sample("long", (in c, v) => c.Write(v, 0, long.MinValue)),
        Sample("long", (in c, v) => c.Write(v, 0, long.MaxValue)),
        Sample("ulong", (in c, v) => c.Write(v, 0, ulong.MaxValue)),
        Sample("Int128", (in c, v) => c.Write(v, 0, Int128.MinValue)),
        Sample("UInt128", (in c, v) => c.Write(v, 0, UInt128.MaxValue)),
        Sample("BigInteger", (in c, v) => c.Write(v, 0, -BigInteger.Pow(10, 40))),
        Sample("Half", (in c, v) => c.Write(v, 0, (Half)0.1)),
        Sample("Half", (in c, v) => c.Write(v, 0, Half.MaxValue)),
        Sample("float", (in c, v) => c.Write(v, 0, 0.1f)),
        Sample("float", (in c, v) => c.Write(v, 0, 1e7f)),
        Sample("float", (in c, v) => c.Write(v, 0, float.MaxValue)),
        Sample("double", (in c, v) => c.Write(v, 0, 0.0)),
        Sample("double", (in c, v) => c.Write(v, 0, -0.0)),
        Sample("double", (in c, v) => c.Write(v, 0, 0.1 + 0.2)),
        Sample("double", (in c, v) => c.Write(v, 0, 1 / 3.0)),
        Sample("double", (in c, v) => c.Write(v, 0, -1234.5)),
        Sample("double", (in c, v) => c.Write(v, 0, 999999999999999.0)),
        Sample("double", (in c, v) => c.Write(v, 0, 1e15)),
        Sample("double", (in c, v) => c.Write(v, 0, double.MaxValue)),
        Sample("double", (in c, v) => c.Write(v, 0, double.Epsilon)),
        Sample("double", (in c, v) => c.Write(v, 0, double.NaN)),
        Sample("double", (in c, v) => c.Write(v, 0, double.PositiveInfinity)),
        Sample("double", (in c, v) => c.Write(v, 0, double.NegativeInfinity)),
        Sample("decimal", (in c, v) => c.Write(v, 0, 1.00m)),
        Sample("decimal", (in c, v) => c.Write(v, 0, -0.5m)),
        Sample("decimal", (in c, v) => c.Write(v, 0, decimal.MaxValue)),
        Sample("decimal", (in c, v) => c.Write(v, 0, 0.0000000000000000000000000001m)),
        Sample("Guid", (in c, v) => c.Write(v, 0, new Guid("01234567-89AB-CDEF-0123-456789ABCDEF"))),
        Sample("DateOnly", (in c, v) => c.Write(v, 0, new DateOnly(2024, 2, 29))),
        Sample("TimeOnly", (in c, v) => c.Write(v, 0, new TimeOnly(23, 59, 58, 7, 8))),
        Sample("DateTime", (in c, v) => c.Write(v, 0, new DateTime(2024, 2, 29, 1, 2, 3, DateTimeKind.Utc))),
        Sample("DateTime", (in c, v) => c.Write(v, 0, new DateTime(2024, 2, 29, 1, 2, 3, 4, DateTimeKind.Unspecified))),
        Sample("DateTime", (in c, v) => c.Write(v, 0, DateTime.MaxValue)),
        Sample("DateTimeOffset", (in c, v) => c.Write(v, 0, new DateTimeOffset(2024, 2, 29, 1, 2, 3, TimeSpan.FromMinutes(-210)))),
        Sample("DateTimeOffset", (in c, v) => c.Write(v, 0, DateTimeOffset.UnixEpoch)),
        Sample("TimeSpan", (in c, v) => c.Write(v, 0, TimeSpan.FromMilliseconds(-1500))),
        Sample("TimeSpan", (in c, v) => c.Write(v, 0, new TimeSpan(1, 2, 3, 4))),
        Sample("TimeSpan", (in c, v) => c.Write(v, 0, TimeSpan.MinValue)),
        Sample("Version", (in c, v) => c.Write(v, 0, new Version(1, 2))),
        Sample("Version", (in c, v) => c.Write(v, 0, new Version(1, 2, 3, 4))),
        Sample("Uri", (in c, v) => c.Write(v, 0, new Uri("https://example.com/a%20b?q=1#f"))),
        Sample("Uri", (in c, v) => c.Write(v, 0, new Uri("../a/b", UriKind.Relative))),
        Sample("Uri", (in c, v) => c.Write(v, 0, new Uri("/etc/hosts", UriKind.Relative))),
        Sample("enum", (in c, v) => c.WriteEnum(v, 0, Plan.Professional)),
        Sample("enum", (in c, v) => c.WriteEnum(v, 0, Plan.Größe)),
        Sample("enum, flags", (in c, v) => c.WriteEnum(v, 0, Rights.ReadWrite | Rights.Top)),
        Sample("enum, flags", (in c, v) => c.WriteEnum(v, 0, (Rights)0)),
        Sample("enum, number", (in c, v) => c.WriteEnumNumber(v, 0, (Plan)(-1))),
        Sample("JSON", (in c, v) => c.WriteJson(v, 0, new Address("Street 1", null), TestJson.Default)),
        Sample("ISpanParsable", (in c, v) => c.WriteParsable(v, 0, new Temperature(-1.50m))),
        Sample("converter", (in c, v) => c.WriteConverted<HexConverter, int>(v, 0, 255)),
    ];

    /// <summary>Takes the value's C# from the call: what stands after the field's index.</summary>
    private static (string Type, string Value, WriteField Write) Sample(string type, WriteField write, [CallerArgumentExpression(nameof(write))] string code = "")
    {
        const string Before = "(v, 0, ";
        int start = code.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        return (type, code[start..^1], write);
    }

    private static string Show(byte[] bytes)
        => bytes.All(static value => value is >= 0x20 and < 0x7F) ? $"\"{Encoding.ASCII.GetString(bytes)}\"" : Convert.ToHexString(bytes);

    private static void Verify(string actual, [CallerFilePath] string test = "")
    {
        string file = Path.Combine(Path.GetDirectoryName(test)!, "encodings.golden.txt");
        string received = Path.Combine(AppContext.BaseDirectory, "encodings.received.txt");
        File.WriteAllText(received, actual);
        Assert.True(File.ReadAllText(file) == actual, $"The encodings differ from {file}. Compare with {received}; copy it only if the change is meant, and no stored data is lost.");
    }
}
