using System.Globalization;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Tests.Diagnostics;

/// <summary>What the generator says of a date format, tried on samples of its own, against what the runtime's types do with it.</summary>
public class DateFormatTests
{
    private static readonly string[] Specifiers =
        ["yyyy", "yyyyy", "yyy", "yy", "y", "MM", "M", "MMM", "MMMM", "dd", "d", "ddd", "dddd", "HH", "H", "hh", "h", "mm", "m", "ss", "s", "fff", "fffffff", "FFF", "f", "tt", "t", "g"];

    private static readonly string[] Separators = ["", "", "-", "/", ":", ".", "T", " ", "'at'", "\\d", "_"];

    [Fact]
    public void Accepted_formats_keep_every_key_as_it_is()
    {
        var random = new Random(20240229);
        int accepted = 0;
        for (int i = 0; i < 6_000; i++)
        {
            string format = Format(random);
            foreach (var kind in new[] { PartKind.DateOnly, PartKind.TimeOnly, PartKind.DateTime, PartKind.DateTimeOffset })
            {
                var read = DateFormat.Of(kind, format);
                if (read.Fault is not null)
                    continue;

                accepted++;
                for (int j = 0; j < 20; j++)
                {
                    var value = new DateTime(random.NextInt64(DateTime.MaxValue.Ticks));
                    var exception = Record.Exception(() => CheckValue(kind, format, read, value));
                    Assert.True(exception is null, $"{kind} '{format}' of {value:O}: {exception?.Message}");
                }
            }
        }

        Assert.True(accepted > 500, $"only {accepted} formats were accepted");
    }

    [Theory]
    [InlineData("yyyy-MM-dd", 10)]
    [InlineData("yyyyMMddHHmmssfff", 17)]
    [InlineData("yyyy/MM'w'dd", 10)]
    [InlineData("yyyy-MM-dd HH:mm", 0)]
    [InlineData("yyyy-M-d", 0)]
    [InlineData("yyyy-MMM", 0)]
    [InlineData("yyyy'%'MM", 0)]
    public void Width(string format, int width) => Assert.Equal(width, DateFormat.Of(PartKind.DateTime, format).Width);

    [Theory]
    [InlineData(nameof(PartKind.DateOnly), "yyyy-MM-dd", false)]
    [InlineData(nameof(PartKind.DateOnly), "dd MMMM yyyy", false)]
    [InlineData(nameof(PartKind.DateOnly), "yyyy-MM", true)]
    [InlineData(nameof(PartKind.TimeOnly), "HHmmssfffffff", false)]
    [InlineData(nameof(PartKind.TimeOnly), "HHmmss", true)]
    [InlineData(nameof(PartKind.DateTime), "yyyyMMddHHmmssfffffff", true)]
    public void Normalizes(string kind, string format, bool normalizes) => Assert.Equal(normalizes, DateFormat.Of(Enum.Parse<PartKind>(kind), format).Normalizes);

    private static void CheckValue(PartKind kind, string format, DateFormat read, DateTime value)
    {
        var culture = CultureInfo.InvariantCulture;
        (string text, string again, bool isSame) = kind switch
        {
            PartKind.DateOnly => Check(DateOnly.FromDateTime(value), text => DateOnly.ParseExact(text, format, culture)),
            PartKind.TimeOnly => Check(TimeOnly.FromDateTime(value), text => TimeOnly.ParseExact(text, format, culture)),
            PartKind.DateTime => Check(value, text => DateTime.ParseExact(text, format, culture)),
            _ => Check(new DateTimeOffset(value, TimeSpan.Zero), text => DateTimeOffset.ParseExact(text, format, culture, DateTimeStyles.AssumeUniversal)),
        };
        Assert.Equal(text, again);
        Assert.True(isSame || read.Normalizes, $"{kind} '{format}' loses something of '{value:O}'");
        Assert.True(read.Width == 0 || read.Width == text.Length, $"{kind} '{format}' has not the width {read.Width}: '{text}'");

        (string, string, bool) Check<T>(T original, Func<string, T> parse)
            where T : IFormattable
        {
            string first = original.ToString(format, culture);
            T back = parse(first);
            return (first, back.ToString(format, culture), back.Equals(original));
        }
    }

    private static string Format(Random random)
    {
        string format = "";
        for (int count = random.Next(1, 7); count > 0; count--)
            format += Specifiers[random.Next(Specifiers.Length)] + Separators[random.Next(Separators.Length)];
        return format;
    }
}
