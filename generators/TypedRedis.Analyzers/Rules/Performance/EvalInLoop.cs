using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Performance;

/// <summary>The text of a script is sent with every call.</summary>
internal sealed class EvalInLoop : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR3011",
        "The text of a script is sent each time",
        "EVAL sends the whole script with every turn of the loop: call ScriptEvaluate, which sends its SHA",
        DiagnosticSeverity.Warning);

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnCall(
        static context =>
        {
            if (context.Call.Command == "EVAL" && context.Call.Operation.Enclosing<ILoopOperation>() is not null)
                context.Report(Rule, context.Call.Argument("command")!);
        },
        "Execute");
}
