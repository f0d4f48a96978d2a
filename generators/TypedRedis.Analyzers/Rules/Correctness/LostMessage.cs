using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
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

    // Those say that something happened, which is stored where it did.
    private static readonly string[] News = ["created", "updated", "changed", "deleted", "removed", "completed", "done", "failed", "event", "notification", "status", "progress", "invalidate", "invalidation", "cache", "refresh"];

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnBody(static body =>
    {
        // Where the work is stored as well, the message only wakes somebody up.
        if (body.Calls.Any(static call => call.Name is "ListLeftPush" or "ListRightPush" or "StreamAdd" or "SortedSetAdd" or "HashSet" or "StringSet"))
            return;

        foreach (var call in body.Calls)
        {
            if (call.Name != "Publish" || call.Argument("channel") is not { } channel || KeyText.Of(Name(channel)) is not { } text)
                continue;

            string[] words = [.. text.Literals.SelectMany(static literal => literal.Split(':', '.', '-', '_', '/'))];
            if (words.Any(static word => Is(word, Work)) && !words.Any(static word => Is(word, News)))
                body.Report(Rule, channel, channel.Syntax);
        }
    });

    private static bool Is(string word, string[] known) => known.Any(candidate => word.Equals(candidate, StringComparison.OrdinalIgnoreCase) || word.Equals(candidate + "s", StringComparison.OrdinalIgnoreCase));

    // RedisChannel.Literal("…"), new RedisChannel("…", …).
    private static IOperation Name(IOperation channel) => channel switch
    {
        IInvocationOperation { TargetMethod: { Name: "Literal", ContainingType.Name: "RedisChannel" }, Arguments: { Length: > 0 } arguments } => arguments[0].Value,
        IObjectCreationOperation { Type.Name: "RedisChannel", Arguments: { Length: > 0 } arguments } => arguments[0].Value,
        _ => channel,
    };
}
