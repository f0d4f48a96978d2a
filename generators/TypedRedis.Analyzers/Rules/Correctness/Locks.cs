using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Correctness;

/// <summary>Locks of one key: freed whoever holds them, held for ever, or taken with a token that others have, too.</summary>
internal sealed class Locks : Rule
{
    public static readonly DiagnosticDescriptor FreedByDelete = Describe(
        "TR2005",
        "A lock is freed whoever holds it",
        "'{0}' is taken as a lock and deleted here even if it has expired and is now held by somebody else: call LockRelease with the token, which deletes it only if it is still yours",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor WithoutExpiry = Describe(
        "TR2006",
        "A lock is held for ever if its holder dies",
        "'{0}' is taken as a lock without an expiry, and nobody gets it again if this process dies before it is deleted: pass an expiry",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor CommonToken = Describe(
        "TR2007",
        "The token of a lock is not its holder's alone",
        "The token of the lock '{0}' is {1}, so that another holder's release frees it: use one per acquisition, such as Guid.NewGuid().ToString()",
        DiagnosticSeverity.Warning);

    public override IReadOnlyList<DiagnosticDescriptor> Descriptors => [FreedByDelete, WithoutExpiry, CommonToken];

    public override void Register(RuleRegistry registry)
    {
        registry.OnBody(static body =>
        {
            foreach (var delete in body.Calls)
            {
                if (delete.Name != "KeyDelete" || delete.IsQueued)
                    continue;

                var take = body.Calls.LastOrDefault(call
                    => call.Operation.Syntax.SpanStart < delete.Operation.Syntax.SpanStart && IsTake(call) && call.Key.IsSameAs(delete.Key));
                if (take is null)
                    continue;

                body.Report(FreedByDelete, delete.NameLocation, delete.Key!.Syntax);
                bool hasExpiry = take.Name == "LockTake" || take.Gives("expiry")
                    || body.Calls.Any(call => call.Name == "KeyExpire" && call.Key.IsSameAs(take.Key));
                if (!hasExpiry)
                    body.Report(WithoutExpiry, take.NameLocation, take.Key!.Syntax);
            }
        });
        registry.OnCall(
            static context =>
            {
                if (context.Call.Argument("value") is { } token && Common(token) is { } reason)
                    context.Report(CommonToken, token, context.Call.Key!.Syntax, reason);
            },
            "LockTake");
    }

    // LockTake, or SET NX whose answer is looked at.
    private static bool IsTake(DriverCall call)
        => call.Name == "LockTake" || (call.Name == "StringSet" && !call.IsQueued && call.GivesEnum("when", "NotExists") && call.Operation.Consumer() is not (null or IExpressionStatementOperation));

    private static string? Common(IOperation token)
    {
        token = token.Unwrap();
        if (token.ConstantValue.HasValue)
            return "a constant";

        return token switch
        {
            IPropertyReferenceOperation { Property: { Name: "MachineName", ContainingType.Name: "Environment" } } => "the machine's name, which all threads and processes of it have",
            IPropertyReferenceOperation { Property: { Name: "CurrentManagedThreadId" or "ManagedThreadId" or "ProcessId" } } => "a number that other processes have, too",
            IInvocationOperation { TargetMethod.Name: "ToString", Instance: { } instance } => Common(instance),
            _ => null,
        };
    }
}
