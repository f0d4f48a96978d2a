using Microsoft.CodeAnalysis;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Correctness;

/// <summary>A sliding window by the clock of each machine: machines that differ let more through, or less.</summary>
internal sealed class ClientClockLimiter : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR2011",
        "A window by the clock of each machine",
        "The window of '{0}' is cut by this machine's clock, while others add to it by theirs, and between counting and adding others do the same: let one script with the server's TIME do all of it",
        DiagnosticSeverity.Warning);

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnBody(static body =>
    {
        foreach (var trim in body.Calls)
        {
            if (trim.Name != "SortedSetRemoveRangeByScore" || trim.IsQueued || trim.Key is null)
                continue;

            var add = body.Calls.FirstOrDefault(call => call.Name == "SortedSetAdd" && !call.IsQueued && IsSameKey(call, trim, body.Body));
            bool isCounted = body.Calls.Any(call => call.Name is "SortedSetLength" or "SortedSetRangeByScore" && !call.IsQueued && IsSameKey(call, trim, body.Body));
            if (isCounted && add?.Argument("score") is { } score && Clock.IsTime(score, body.Body))
                body.Report(Rule, trim.NameLocation, trim.Key.Syntax);
        }
    });

    private static bool IsSameKey(DriverCall call, DriverCall trim, Body body) => call.Operation.CanFollow(trim.Operation) ? body.IsSameKey(trim, call) : body.IsSameKey(call, trim);
}
