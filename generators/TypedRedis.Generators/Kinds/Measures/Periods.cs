using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.Measures;

/// <summary>The calendar periods of a store.</summary>
/// <param name="Units">Their units: flags of <c>PeriodUnits</c>.</param>
/// <param name="TimeZone">The zone whose midnight ends a day; null for UTC.</param>
/// <param name="Retention">How long a period stays after its end; null where the kind's default holds.</param>
internal sealed record PeriodOptions(int Units, string? TimeZone, Span? Retention)
{
    public const int AllTime = 64;

    private const int Minute = 1, Hour = 2;

    // The name of each flag, its words in headers and in the manifest, and what the keys of its periods append.
    private static readonly (string Name, string Word, string Json, string Suffix, string Format)[] Names =
    [
        ("Minute", "minute", "minute", ":n:", "yyyy-MM-ddTHH-mm"),
        ("Hour", "hour", "hour", ":h:", "yyyy-MM-ddTHH"),
        ("Day", "day", "day", ":d:", "yyyy-MM-dd"),

        // No format has the number of a week. Two digits are near enough to find templates that can have the same keys.
        ("Week", "week", "week", ":w:", "yyyy-Wdd"),
        ("Month", "month", "month", ":m:", "yyyy-MM"),
        ("Year", "year", "year", ":y:", "yyyy"),
        ("AllTime", "all time", "allTime", "", ""),
    ];

    /// <summary>What the keys of periods append to that of all time.</summary>
    public static IEnumerable<KeySegment[]> Suffixes(int units)
        => Names
            .Where((unit, flag) => (units & (1 << flag)) != 0 && unit.Suffix.Length > 0)
            .Select(static unit => new KeySegment[]
            {
                new KeyLiteral(unit.Suffix),
                new KeyPart("", "", PartKind.DateTime, unit.Format, Normalizes: true, IsTag: false, unit.Format.Length, IsTerminated: true),
            });

    public static bool AreKnown(int units) => units > 0 && units < 1 << Names.Length;

    public bool HasAllTime => (Units & AllTime) != 0;

    /// <summary>Whether there is a period that ends.</summary>
    public bool End => (Units & ~AllTime) != 0;

    /// <summary>Whether there is a period that depends on the zone.</summary>
    public bool HaveZone => (Units & ~(AllTime | Minute | Hour)) != 0;

    public bool AreSeveral => (Units & (Units - 1)) != 0;

    /// <summary>The line of the header.</summary>
    public string Header => "periods " + string.Join(", ", Each(static unit => unit.Word))
        + (HaveZone ? $"; days end at midnight of {TimeZone ?? "UTC"}" : "")
        + (!End ? "" : Retention is null ? "; each stays as long again as it is" : Retention.IsNever ? "; each stays" : $"; each stays {Retention.Text} after its end");

    /// <summary>The members of the manifest.</summary>
    public string Manifest => $",\"units\":[{string.Join(",", Each(static unit => Literals.Json(unit.Json)))}]"
        + (TimeZone is null ? "" : $",\"timeZone\":{Literals.Json(TimeZone)}")
        + (Retention is null ? "" : $",\"retentionMs\":{MeasureEmitter.Milliseconds(Retention)}");

    /// <summary>The initializers of the schema.</summary>
    public IEnumerable<string> Initializers()
    {
        yield return $"Units = {string.Join(" | ", Each(static unit => "TR::PeriodUnits." + unit.Name))},";
        if (TimeZone is not null)
            yield return $"TimeZone = {Literals.Text(TimeZone)},";
        if (Retention is not null)
            yield return MeasureEmitter.Duration("Retention", Retention);
    }

    private IEnumerable<string> Each(Func<(string Name, string Word, string Json, string Suffix, string Format), string> text)
        => Names.Where((_, flag) => (Units & (1 << flag)) != 0).Select(text);
}

/// <summary>Reads the options that say which periods there are.</summary>
internal static class PeriodParser
{
    private const string Known = "write Minute, Hour, Day, Week, Month, Year or AllTime, or several together, as in PeriodUnits.Day | PeriodUnits.Month";

    /// <summary>The periods; null where their units have an error.</summary>
    /// <param name="units">The units.</param>
    /// <param name="place">Where they stand.</param>
    /// <param name="whatStays">What has to say how long it stays, or null where there is a default: <c>count</c>.</param>
    public static PeriodOptions? Parse(Declaration declaration, object? units, Location place, string? whatStays)
    {
        var context = declaration.Context;
        if (units is not int flags)
        {
            // What does not compile is the compiler's to report.
            context.Fail();
            return null;
        }

        if (!PeriodOptions.AreKnown(flags))
        {
            context.Report(Rules.PeriodUnits, place, declaration.Type.Name, (flags == 0 ? "it names none; " : FormattableString.Invariant($"{flags} is none; ")) + Known);
            return null;
        }

        var options = new PeriodOptions(flags, Zone(declaration), declaration.Duration("Retention", mayBeNever: true));
        if (options.TimeZone is not null && !options.HaveZone)
            declaration.Contradiction("TimeZone", (options.End ? "minutes and hours are those of UTC" : "all time has no midnight") + "; add days, weeks, months or years, or remove it");
        if (!options.End && declaration.Has("Retention"))
            declaration.Contradiction("Retention", "all time does not end; remove it");
        else if (options.End && whatStays is not null && !declaration.Has("Retention"))
            declaration.Required($"how long a {whatStays} stays after the end of its period", $"write Retention = \"90d\", or \"{Span.Never}\" if it is to stay");
        return options;
    }

    // What the zone is, only the machines know that the program runs on: this looks at the form alone.
    private static string? Zone(Declaration declaration)
    {
        const string Option = "TimeZone";
        if (declaration.Attribute.NamedArgument(Option) is not string zone)
            return null;

        bool isName = zone.Length > 0 && IsLetter(zone[0]) && zone.Split('/').All(static part => part.Length > 0 && part.All(static c => IsLetter(c) || c is (>= '0' and <= '9') or '_' or '-' or '+'));
        if (!isName)
        {
            declaration.Context.Report(
                Rules.PeriodTimeZone,
                LiteralLocation.InNamedArgument(declaration.Attribute, Option, 0, zone.Length, declaration.Context.CancellationToken),
                declaration.Type.Name,
                KeyText.Printable(zone),
                (zone.Length == 0 ? "it is empty" : "it is no name of the IANA database") + "; write one such as \"Europe/Berlin\" or \"America/New_York\", or leave it out for UTC");
        }

        return zone is "UTC" or "Etc/UTC" ? null : zone;
    }

    private static bool IsLetter(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');
}
