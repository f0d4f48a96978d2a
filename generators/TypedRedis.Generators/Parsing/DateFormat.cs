using System.Collections.Concurrent;
using System.Globalization;

namespace TypedRedis.Generators.Parsing;

/// <summary>A custom date or time format of a key part, cut into its pieces and tried on samples.</summary>
internal sealed class DateFormat
{
    private static readonly ConcurrentDictionary<(PartKind, string), DateFormat> Known = new();

    private DateFormat(PartKind kind, string format)
    {
        Pieces = Cut(kind, format, out string? fault);
        Fault = fault ?? FaultOfPieces(kind);
        if (Fault is not null)
            return;

        var check = RoundTrip.Check(format);
        Fault = kind == PartKind.TimeOnly
            ? check.Fault(needsYear: false) ?? (check.KeepsNothing ? "it mentions no unit of the time, so that all values would share a key" : null)
            : check.Fault(needsYear: true);
        Normalizes = kind switch
        {
            PartKind.DateOnly => !check.KeepsDate,
            PartKind.TimeOnly => !check.KeepsTime,
            _ => true,
        };
        Width = Pieces.All(static piece => piece.IsFixed) ? Pieces.Sum(static piece => piece.Text.Length) : 0;
    }

    /// <summary>What the format consists of.</summary>
    public IReadOnlyList<Piece> Pieces { get; }

    /// <summary>Why the format cannot stand in a key and what to use, or null.</summary>
    public string? Fault { get; }

    /// <summary>Whether the text holds less than a value of the type.</summary>
    public bool Normalizes { get; }

    /// <summary>The length of every text, or 0 where it varies.</summary>
    public int Width { get; }

    /// <summary>Reads and tries a format. The answer is remembered: it depends on nothing else.</summary>
    public static DateFormat Of(PartKind kind, string format)
        => Known.GetOrAdd((kind, format), static key => new DateFormat(key.Item1, key.Item2));

    private string? FaultOfPieces(PartKind kind)
    {
        foreach (var piece in Pieces)
        {
            if (piece.Specifier is 'z' or 'K')
                return $"'{piece.Text}' depends on a time zone, but keys hold UTC: leave it out";
            if (kind == PartKind.DateOnly && piece.Specifier is 'H' or 'h' or 'm' or 's' or 'f' or 'F' or 't')
                return $"'{piece.Text}' is a unit of time, which a DateOnly has not: use yyyy, MM and dd";
            if (kind == PartKind.TimeOnly && piece.Specifier is 'y' or 'M' or 'd' or 'g')
                return $"'{piece.Text}' is a unit of a date, which a TimeOnly has not: use HH, mm, ss and fffffff";
        }

        return null;
    }

    private static IReadOnlyList<Piece> Cut(PartKind kind, string format, out string? fault)
    {
        var pieces = new List<Piece>();
        fault = null;
        if (format.Length == 1)
        {
            fault = "a single letter is a standard format, whose text is the framework's to choose: write it out, such as yyyy-MM-dd or HHmmss";
            return pieces;
        }

        if (format.Any(static character => character is < ' ' or > '~'))
        {
            fault = "key text is printable ASCII";
            return pieces;
        }

        for (int i = 0; i < format.Length;)
        {
            char character = format[i];
            int start = i;
            switch (character)
            {
                case '\'' or '"':
                    int close = format.IndexOf(character, i + 1);
                    string quoted = close < 0 ? "" : format.Substring(i + 1, close - i - 1);
                    if (close < 0 || quoted.Contains('\\'))
                    {
                        fault = close < 0 ? "a quote is not closed" : "a backslash stands inside quotes: leave one of the two out";
                        return pieces;
                    }

                    pieces.Add(new Piece('\0', quoted));
                    i = close + 1;
                    break;
                case '\\' or '%':
                    if (i + 1 == format.Length || (character == '%' && format[i + 1] == '%'))
                    {
                        fault = $"'{character}' must stand before the character it is for";
                        return pieces;
                    }

                    // "%d" is the lone specifier d; "\d" is the letter.
                    bool isSpecifier = character == '%' && IsSpecifier(format[i + 1]);
                    pieces.Add(new Piece(isSpecifier ? format[i + 1] : '\0', format[i + 1].ToString()));
                    i += 2;
                    break;
                case var _ when IsSpecifier(character):
                    while (i < format.Length && format[i] == character)
                        i++;
                    pieces.Add(new Piece(character, format.Substring(start, i - start)));
                    break;
                case ':' or 'k' when kind == PartKind.DateOnly:
                case '/' or 'k' when kind == PartKind.TimeOnly:
                    fault = $"a {kind} refuses '{character}' in its formats: quote it, or use another character";
                    return pieces;
                default:
                    // In the invariant culture '/' and ':' stand for themselves.
                    pieces.Add(new Piece('\0', character.ToString()));
                    i++;
                    break;
            }
        }

        return pieces;
    }

    private static bool IsSpecifier(char character) => character is 'd' or 'f' or 'F' or 'g' or 'h' or 'H' or 'K' or 'm' or 'M' or 's' or 't' or 'y' or 'z';

    /// <summary>A specifier such as <c>yyyy</c>, or, where <paramref name="Specifier"/> is NUL, literal text.</summary>
    internal sealed record Piece(char Specifier, string Text)
    {
        /// <summary>Whether all values have texts of <see cref="Text"/>'s length.</summary>
        public bool IsFixed => Specifier == '\0'
            ? !Text.Any(KeyText.IsEscaped)
            : Text is "yyyy" or "MM" or "dd" or "HH" or "mm" or "ss" || (Specifier == 'f' && Text.Length <= 7);
    }

    /// <summary>Formats samples, reads them back and looks what became of each unit.</summary>
    private sealed class RoundTrip
    {
        private const int Year = 0, Month = 1, Day = 2, Hour = 3, Minute = 4, Second = 5, Fraction = 6, UnitCount = 13;

        private static readonly DateTime[] Samples = MakeSamples();

        private readonly bool[] _kept = Enumerable.Repeat(true, UnitCount).ToArray();
        private readonly bool[] _constant = Enumerable.Repeat(true, UnitCount).ToArray();
        private string? _unreadable;

        public bool KeepsDate => _kept[Year] && _kept[Month] && _kept[Day];

        public bool KeepsTime => Enumerable.Range(Hour, UnitCount - Hour).All(unit => _kept[unit]);

        public bool KeepsNothing => !_kept.Contains(true);

        public static RoundTrip Check(string format)
        {
            var check = new RoundTrip();
            int[]? first = null;
            foreach (var sample in Samples)
            {
                if (!TryReadBack(sample, format, out string text, out var back))
                {
                    check._unreadable = text;
                    break;
                }

                int[] expected = UnitsOf(sample), found = UnitsOf(back);
                first ??= found;
                for (int unit = 0; unit < UnitCount; unit++)
                {
                    check._kept[unit] &= found[unit] == expected[unit];
                    check._constant[unit] &= found[unit] == first[unit];
                }
            }

            return check;
        }

        public string? Fault(bool needsYear)
        {
            if (_unreadable is not null)
                return $"'{_unreadable}', for one, cannot be read back: separate the units, or write them at full width (yyyy, MM, dd, HH, mm, ss)";
            if (needsYear && !_kept[Year])
                return "it does not keep the year: write yyyy";

            for (int unit = 0; unit < UnitCount; unit++)
            {
                if (!_kept[unit] && !_constant[unit])
                    return $"it mentions the {NameOf(unit)} but does not keep it: write {SpecifierOf(unit)}";
            }

            return null;
        }

        private static bool TryReadBack(DateTime sample, string format, out string text, out DateTime back)
        {
            text = sample.ToString("O", CultureInfo.InvariantCulture);
            back = default;
            try
            {
                text = sample.ToString(format, CultureInfo.InvariantCulture);
                return DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out back)
                    && back.ToString(format, CultureInfo.InvariantCulture) == text;
            }
            catch (FormatException)
            {
                return false;
            }
        }

        private static int[] UnitsOf(DateTime value)
        {
            int[] units = new int[UnitCount];
            (units[Year], units[Month], units[Day]) = (value.Year, value.Month, value.Day);
            (units[Hour], units[Minute], units[Second]) = (value.Hour, value.Minute, value.Second);
            long fraction = value.Ticks % TimeSpan.TicksPerSecond;
            for (int digit = UnitCount - 1; digit >= Fraction; digit--, fraction /= 10)
                units[digit] = (int)(fraction % 10);
            return units;
        }

        // Years of two centuries and of few digits, and months, days and hours of one digit and of two, in many combinations.
        private static DateTime[] MakeSamples()
        {
            int[] years = [7, 1924, 1987, 2024], months = [1, 9, 11, 12], days = [1, 3, 11, 28];
            int[] hours = [0, 9, 11, 12, 17], minutes = [0, 1, 41], seconds = [0, 8, 11, 59, 37, 1, 10], fractions = [0, 1234567, 9876543, 5000000];
            var samples = new List<DateTime>();
            foreach (int year in years)
            {
                foreach (int month in months)
                {
                    foreach (int day in days)
                    {
                        int i = samples.Count;
                        samples.Add(new DateTime(year, month, day, hours[i % 5], minutes[i % 3], seconds[i % 7]).AddTicks(fractions[i / 3 % 4]));
                    }
                }
            }

            return [.. samples];
        }

        private static string NameOf(int unit) => unit switch
        {
            Year => "year",
            Month => "month",
            Day => "day",
            Hour => "hour",
            Minute => "minute",
            Second => "second",
            _ => "fraction of the second",
        };

        private static string SpecifierOf(int unit) => unit switch
        {
            Year => "yyyy",
            Month => "MM",
            Day => "dd",
            Hour => "HH, or hh with tt",
            Minute => "mm",
            Second => "ss",
            _ => "f's",
        };
    }
}
