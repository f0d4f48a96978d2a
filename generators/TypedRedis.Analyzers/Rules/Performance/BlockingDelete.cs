using Microsoft.CodeAnalysis;

namespace TypedRedis.Analyzers.Rules.Performance;

/// <summary>DEL frees the memory of a collection while everybody waits; UNLINK in the background.</summary>
internal sealed class BlockingDelete : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR3012",
        "DEL frees memory while everybody waits",
        "DEL frees a large collection in one step, during which the server serves nobody: UNLINK takes the key away at once and frees the memory in the background",
        DiagnosticSeverity.Info);

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnCall(
        static context =>
        {
            if (context.Call.Command == "DEL")
                context.Report(Rule, context.Call.Argument("command")!);
        },
        "Execute");
}
