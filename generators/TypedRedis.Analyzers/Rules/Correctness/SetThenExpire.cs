using Microsoft.CodeAnalysis;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Correctness;

/// <summary>SET, then EXPIRE of the same key: a process that dies between leaves a key that never expires, and a lock that is never free.</summary>
internal sealed class SetThenExpire : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR2001",
        "SET and EXPIRE are two steps",
        "'{0}' is written without an expiry, which '{1}' gives it later: a process that dies between leaves it for ever{2}; pass the expiry to '{3}', which sets both in one step",
        DiagnosticSeverity.Warning);

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnBody(static body =>
    {
        var seen = new HashSet<DriverCall>();
        foreach (var expire in body.Calls)
        {
            // Without a time it takes the expiry away.
            if (expire.Name != "KeyExpire" || expire.IsQueued || !expire.Gives("expiry"))
                continue;

            // The last write of the key before it.
            var set = body.Calls.LastOrDefault(call
                => call.Name == "StringSet" && !call.IsQueued && expire.Operation.CanFollow(call.Operation) && body.Body.IsSameKey(call, expire));
            if (set is null || set.Gives("expiry") || set.Gives("keepTtl") || !seen.Add(set))
                continue;

            bool isLock = set.GivesEnum("when", "NotExists");
            body.Report(Rule, expire.NameLocation, expire.Key!.Syntax, expire.Operation.TargetMethod.Name, isLock ? ", and whoever waits for it with it" : "", set.Operation.TargetMethod.Name);
        }
    });
}
