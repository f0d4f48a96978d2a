using Microsoft.CodeAnalysis;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Correctness;

/// <summary>A write whose failure nobody hears of, of what is nowhere else.</summary>
internal sealed class FireAndForget : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR2008",
        "Nobody hears that the write failed",
        "'{0}' with CommandFlags.FireAndForget reports neither an error nor a lost connection, and what it adds is nowhere else: await it",
        DiagnosticSeverity.Warning);

    protected override DiagnosticDescriptor Descriptor => Rule;

    // What adds to a queue, a log or a set. Counters, expiries, messages and cache entries may well be lost.
    public override void Register(RuleRegistry registry) => registry.OnCall(
        static context =>
        {
            if (context.Call.GivesEnum("flags", "FireAndForget") && !context.Call.IsQueued)
                context.Report(Rule, context.Call.Argument("flags")!, context.Call.Operation.TargetMethod.Name);
        },
        "ListLeftPush", "ListRightPush", "ListRightPopLeftPush", "ListMove", "StreamAdd", "StreamAcknowledge", "SortedSetAdd", "SetAdd", "LockRelease");
}
