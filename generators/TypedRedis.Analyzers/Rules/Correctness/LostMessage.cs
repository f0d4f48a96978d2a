using Microsoft.CodeAnalysis;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Correctness;

/// <summary>Work that is handed on by pub/sub: whoever does not listen at that moment never gets it.</summary>
internal sealed class LostMessage : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR2015",
        "Work is published to whoever listens just then",
        "The channel {0} sounds like work: who is not connected at that moment never gets it, and nobody hears of it; use a stream or a list where it must arrive",
        DiagnosticSeverity.Info);

    private static readonly string[] Work = ["queue", "job", "task", "command", "order", "payment", "email", "invoice", "outbox"];

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnCall(
        static context =>
        {
            if (context.Call.Argument("channel") is not { } channel || KeyText.Of(channel) is not { } text)
                return;

            bool isWork = text.Literals.SelectMany(static literal => literal.Split(':', '.', '-', '_', '/')).Any(static word
                => Work.Any(work => word.Equals(work, StringComparison.OrdinalIgnoreCase) || word.Equals(work + "s", StringComparison.OrdinalIgnoreCase)));
            if (isWork)
                context.Report(Rule, channel, channel.Syntax);
        },
        "Publish");
}
