using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TypedRedis.Analyzers.Rules.Performance;

/// <summary>A command that waits on the server, over the one connection that everybody shares.</summary>
internal sealed class BlockingCommand : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR3008",
        "A blocking command on the shared connection",
        "{0} waits on the server, and all callers of the multiplexer wait behind it, whose calls then time out: use {1}",
        DiagnosticSeverity.Warning);

    private static readonly HashSet<string> Commands = new(StringComparer.Ordinal)
    {
        "BLPOP", "BRPOP", "BRPOPLPUSH", "BLMOVE", "BLMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP", "SUBSCRIBE", "PSUBSCRIBE", "MONITOR",
    };

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnCall(
        static context =>
        {
            if (context.Call.Command is not { } command)
                return;

            bool isBlocking = Commands.Contains(command)
                || (command is "XREAD" or "XREADGROUP" && context.Call.Operation.Descendants().Any(static operation
                    => operation.ConstantValue is { HasValue: true, Value: string text } && text.Equals("BLOCK", StringComparison.OrdinalIgnoreCase)));
            if (isBlocking && !IsOwn(context.Call.Operation.Instance))
                context.Report(Rule, context.Call.Argument("command")!, command, command is "SUBSCRIBE" or "PSUBSCRIBE" ? "ISubscriber" : "the command that does not wait, and pub/sub to be woken, or a connection of its own");
        },
        "Execute");

    // A connection that is named after what it is for.
    private static bool IsOwn(IOperation? database)
    {
        string name = database switch
        {
            IFieldReferenceOperation field => field.Field.Name,
            ILocalReferenceOperation local => local.Local.Name,
            IParameterReferenceOperation parameter => parameter.Parameter.Name,
            IPropertyReferenceOperation property => property.Property.Name,
            _ => "",
        };
        return name.IndexOf("block", StringComparison.OrdinalIgnoreCase) >= 0 || name.IndexOf("dedicated", StringComparison.OrdinalIgnoreCase) >= 0;
    }
}
