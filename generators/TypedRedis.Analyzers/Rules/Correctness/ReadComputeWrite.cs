using Microsoft.CodeAnalysis;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Correctness;

/// <summary>A value is read, computed from and written back with nothing that notices a write of somebody else between: one of the two is lost.</summary>
internal sealed class ReadComputeWrite : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR2003",
        "A change between read and write is lost",
        "What is written to '{0}' is computed from what was read of it, so a write of somebody else between the two is lost: {1}",
        DiagnosticSeverity.Warning);

    private static readonly Dictionary<string, string> Pairs = new(StringComparer.Ordinal)
    {
        ["StringGet"] = "StringSet",
        ["HashGet"] = "HashSet",
    };

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnBody(static body =>
    {
        // A lock or a condition anywhere in the body may guard it.
        if (!body.Calls.Any(static call => Pairs.ContainsKey(call.Name)) || body.Body.HasLock || body.Calls.Any(static call => call.Name == "AddCondition" || call.GivesEnum("when", "NotExists")))
            return;

        foreach (var write in body.Calls)
        {
            if (write.IsQueued || write.Gives("when") || write.Argument("value") is not { } value)
                continue;

            var read = body.Calls.FirstOrDefault(call => Pairs.TryGetValue(call.Name, out string? writer) && writer == write.Name && !call.IsQueued
                && IsSame(call, write, body.Body) && body.Body.IsMadeOf(value, call.Operation));
            if (read is not null)
            {
                body.Report(Rule, write.NameLocation, write.Key!.Syntax, read.Name == "StringGet"
                    ? "use StringIncrement, a condition in a transaction, or UpdateAsync of a declared model"
                    : "use HashIncrement, a condition in a transaction, or PatchAsync of a declared model");
            }
        }
    });

    // The read stands before the write, or within it.
    private static bool IsSame(DriverCall read, DriverCall write, Body body)
        => (read.Operation.IsWithin(write.Operation) ? read.Key.IsSameAs(write.Key) : write.Operation.CanFollow(read.Operation) && body.IsSameKey(read, write))
            && (read.Name != "HashGet" || read.Argument("hashField").IsSameAs(write.Argument("hashField")));
}
