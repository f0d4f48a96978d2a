using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Performance;

/// <summary>A whole collection is read where a part of it, or its length, is wanted; or one is read whole that nothing keeps small.</summary>
internal sealed class WholeForPart : Rule
{
    public static readonly DiagnosticDescriptor Part = Describe(
        "TR3005",
        "A collection is read whole for a part of it",
        "'{0}' reads everything at '{1}', and this uses {2}: {3}",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor Unbounded = Describe(
        "TR3006",
        "A collection without a bound is read whole",
        "'{0}' reads everything at '{1}' in one step, during which the server serves nobody: where nothing keeps it small, read pages of it ({2})",
        DiagnosticSeverity.Info);

    private static readonly Dictionary<string, (string Length, string Contains, string Pages)> Collections = new(StringComparer.Ordinal)
    {
        ["HashGetAll"] = ("HashLength", "HashGet", "HashScan"),
        ["HashKeys"] = ("HashLength", "HashExists", "HashScan"),
        ["HashValues"] = ("HashLength", "", "HashScan"),
        ["SetMembers"] = ("SetLength", "SetContains", "SetScan"),
        ["ListRange"] = ("ListLength", "", "ListRange with a start and an end"),
        ["SortedSetRangeByRank"] = ("SortedSetLength", "SortedSetScore", "SortedSetRangeByRank with a start and an end"),
        ["SortedSetRangeByRankWithScores"] = ("SortedSetLength", "SortedSetScore", "SortedSetRangeByRankWithScores with a start and an end"),
    };

    public override IReadOnlyList<DiagnosticDescriptor> Descriptors => [Part, Unbounded];

    public override void Register(RuleRegistry registry) => registry.OnBody(static body =>
    {
        foreach (var call in body.Calls)
        {
            if (!Collections.TryGetValue(call.Name, out var of) || call.Key is null || call.IsQueued || !IsWhole(call))
                continue;

            if (Use(call, body.Body, of.Length, of.Contains) is var (use, remedy))
                body.Report(Part, call.NameLocation, call.Operation.TargetMethod.Name, call.Key.Syntax, use, remedy);
            else if (call.Name is "SetMembers" or "ListRange" or "SortedSetRangeByRank" or "SortedSetRangeByRankWithScores" && !IsKeptSmall(call, body))
                body.Report(Unbounded, call.NameLocation, call.Operation.TargetMethod.Name, call.Key.Syntax, of.Pages);
        }
    });

    private static bool IsWhole(DriverCall call)
    {
        if (call.Name is not ("ListRange" or "SortedSetRangeByRank" or "SortedSetRangeByRankWithScores"))
            return true;

        return (call.Argument("start") is not { } start || start.ConstantValue is { HasValue: true, Value: 0L or 0 })
            && (call.Argument("stop") is not { } stop || stop.ConstantValue is { HasValue: true, Value: -1L or -1 });
    }

    // Trimmed, or counted, by the same member.
    private static bool IsKeptSmall(DriverCall call, BodyContext body) => body.Calls.Any(other
        => other.Name is "ListTrim" or "SortedSetRemoveRangeByRank" or "SortedSetRemoveRangeByScore" or "ListLength" or "SetLength" or "SortedSetLength" && other.Key.IsSameAs(call.Key));

    private static (string Use, string Remedy)? Use(DriverCall call, Body body, string length, string contains)
    {
        if (call.Operation.Consumer() is { } consumer && Of(consumer) is { } direct)
            return direct;

        // A local that is read once.
        return call.Operation.Target() is { } local && body.OnlyValueOf(local) is not null && body.ReadsOf(local) is { Count: 1 } reads && reads[0].Consumer() is { } use ? Of(use) : null;

        (string, string)? Of(IOperation operation) => operation switch
        {
            IPropertyReferenceOperation { Property.Name: "Length" or "LongLength" } => ("its length alone", length + " asks for that"),
            IArgumentOperation { Parent: IInvocationOperation { TargetMethod: { ContainingType.Name: "Enumerable" or "MemoryExtensions" } linq } invocation } => linq.Name switch
            {
                "Count" or "LongCount" when invocation.Arguments.Length == 1 => ("its length alone", length + " asks for that"),
                "Any" when invocation.Arguments.Length == 1 => ("whether it is empty", length + " or KeyExists asks for that"),
                "Contains" when contains.Length > 0 => ("whether one is in it", contains + " asks for that"),
                "Take" when call.Name is "ListRange" or "SortedSetRangeByRank" or "SortedSetRangeByRankWithScores" => ("the first of it", "pass start and stop"),
                _ => null,
            },
            _ => null,
        };
    }
}
