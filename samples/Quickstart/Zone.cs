using System.Globalization;
using TypedRedis;

namespace Quickstart;

/// <summary>A time zone of the IANA database. The attribute is all that TypedRedis needs: it writes ZoneKey, ZonePatch and ZoneRepository.</summary>
[RedisHash("zone:{Name}"), Expires("30d")]
public sealed record Zone
{
    public required string Name { get; init; }

    [Indexed]
    public required string[] Countries { get; init; }

    [Indexed(Sorted = true)]
    public required double Latitude { get; init; }

    public required double Longitude { get; init; }

    public string? Comment { get; init; }

    [Counter]
    public long Lookups { get; init; }

    /// <summary>Reads a line of zone1970.tab: countries, coordinates, name and perhaps a comment, separated by tabs.</summary>
    public static Zone Parse(string line)
    {
        string[] columns = line.Split('\t');
        int longitude = columns[1].LastIndexOfAny(['+', '-']);
        return new Zone
        {
            Name = columns[2],
            Countries = columns[0].Split(','),
            Latitude = Degrees(columns[1][..longitude], degreeDigits: 2),
            Longitude = Degrees(columns[1][longitude..], degreeDigits: 3),
            Comment = columns.Length > 3 ? columns[3] : null,
        };
    }

    // ±DDMM or ±DDDMM, with two more digits where there are seconds.
    private static double Degrees(string text, int degreeDigits)
    {
        string digits = text[1..].PadRight(degreeDigits + 4, '0');
        double degrees = Part(0, degreeDigits) + (Part(degreeDigits, 2) / 60) + (Part(degreeDigits + 2, 2) / 3600);
        return Math.Round(text[0] == '-' ? -degrees : degrees, 4);

        double Part(int start, int length) => int.Parse(digits.AsSpan(start, length), CultureInfo.InvariantCulture);
    }
}

/// <summary>What a list of zones shows: reading it reads these fields alone.</summary>
[RedisProjection<Zone>]
public sealed partial record ZoneCard(string Name, string[] Countries);
