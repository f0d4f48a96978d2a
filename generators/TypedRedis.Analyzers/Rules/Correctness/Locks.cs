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
                if (delete.Name != "KeyDelete" || delete.IsQueued || delete.Key is null)
                    continue;

                var take = body.Calls.LastOrDefault(call => IsTake(call) && delete.Operation.CanFollow(call.Operation) && body.Body.IsSameKey(call, delete));
                if (take is not null && (take.Name == "LockTake" || SoundsLikeLock(take, body.Body) || IsInFinally(delete.Operation)))
                    body.Report(FreedByDelete, delete.NameLocation, delete.Key.Syntax);
            }

            foreach (var take in body.Calls)
            {
                if (take.Name != "StringSet" || take.Key is null || !IsTake(take) || take.Gives("expiry"))
                    continue;

                // An expiry that comes later is the concern of another rule.
                bool isLock = SoundsLikeLock(take, body.Body) || body.Calls.Any(call => call.Name == "KeyDelete" && !call.IsQueued && IsInFinally(call.Operation) && body.Body.IsSameKey(take, call));
                if (isLock && !body.Calls.Any(call => call.Name == "KeyExpire" && body.Body.IsSameKey(take, call)))
                    body.Report(WithoutExpiry, take.NameLocation, take.Key.Syntax);
            }
        });
        registry.OnCall(
            static context =>
            {
                if (context.Call is { Key: { } key } call && call.Argument("value") is { } token && Common(token) is { } reason)
                    context.Report(CommonToken, token, key.Syntax, reason);
            },
            "LockTake");
    }

    // LockTake, or SET NX whose answer is looked at.
    private static bool IsTake(DriverCall call)
        => call.Name == "LockTake" || (call.Name == "StringSet" && !call.IsQueued && call.GivesEnum("when", "NotExists") && call.Operation.Consumer() is not (null or IExpressionStatementOperation));

    // The names of what the key is made of, or its text.
    private static bool SoundsLikeLock(DriverCall call, Body body) => body.Any(call.Key!, static part => part switch
    {
        { ConstantValue: { HasValue: true, Value: string text } } => Sounds(text),
        ILocalReferenceOperation local => Sounds(local.Local.Name),
        IParameterReferenceOperation parameter => Sounds(parameter.Parameter.Name),
        IMemberReferenceOperation member => Sounds(member.Member.Name),
        IInvocationOperation invocation => Sounds(invocation.TargetMethod.Name),
        _ => false,
    });

    private static bool Sounds(string name)
    {
        for (int at = name.IndexOf("lock", StringComparison.OrdinalIgnoreCase); at >= 0; at = name.IndexOf("lock", at + 4, StringComparison.OrdinalIgnoreCase))
        {
            // No block, no clock, no blocklist.
            if (at == 0 || name[at] == 'L' || !char.IsLetter(name[at - 1]))
                return true;
        }

        return name.IndexOf("mutex", StringComparison.OrdinalIgnoreCase) >= 0;
    }

    private static bool IsInFinally(IOperation operation)
    {
        for (var tried = operation.Enclosing<ITryOperation>(); tried is not null; tried = tried.Enclosing<ITryOperation>())
        {
            if (tried.Finally is { } last && operation.IsWithin(last))
                return true;
        }

        return false;
    }

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
