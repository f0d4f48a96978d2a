using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

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

    // What adds to a queue, a log or a set. Counters, expiries, messages, cache entries and who was last seen when may well be lost.
    public override void Register(RuleRegistry registry) => registry.OnCall(
        static context =>
        {
            var call = context.Call;
            if (call.IsQueued || !call.GivesEnum("flags", "FireAndForget") || call.Argument("flags") is not { } flags
                || flags.DescendantsAndSelf().Any(static operation => operation is IConditionalOperation or ISwitchExpressionOperation)
                || (call.Argument("score") is { } score && Clock.IsTime(score)))
                return;

            context.Report(Rule, flags, call.Operation.TargetMethod.Name);
        },
        "ListLeftPush", "ListRightPush", "ListRightPopLeftPush", "ListMove", "StreamAdd", "SortedSetAdd", "SetAdd");
}
