using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Performance;

/// <summary>A loop that waits for Redis once per item: a thousand items, a thousand round trips.</summary>
internal sealed class CallPerItem : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR3003",
        "A round trip per item",
        "The loop waits for '{0}' once per item, a round trip each: {1}",
        DiagnosticSeverity.Warning);

    private static readonly HashSet<string> Methods = new(StringComparer.Ordinal)
    {
        "StringGet", "StringSet", "StringIncrement", "StringDecrement", "StringLength", "StringGetDelete",
        "HashGet", "HashGetAll", "HashSet", "HashDelete", "HashExists", "HashIncrement", "HashLength", "HashKeys", "HashValues",
        "KeyDelete", "KeyExists", "KeyExpire", "KeyTimeToLive", "KeyTouch", "KeyType", "KeyPersist",
        "SetAdd", "SetRemove", "SetContains", "SetMembers", "SetLength",
        "SortedSetAdd", "SortedSetRemove", "SortedSetScore", "SortedSetRank", "SortedSetIncrement", "SortedSetLength",
        "ListLeftPush", "ListRightPush", "ListLength", "ListRange", "GeoAdd", "GeoPosition", "HyperLogLogAdd", "StreamAdd",
    };

    // One command does it for all.
    private static readonly Dictionary<string, string> Multiple = new(StringComparer.Ordinal)
    {
        ["StringGet"] = "StringGet takes an array of keys",
        ["KeyDelete"] = "KeyDelete takes an array of keys",
        ["KeyExists"] = "send all and await them together with Task.WhenAll",
        ["SetAdd"] = "SetAdd takes an array of values",
        ["SetRemove"] = "SetRemove takes an array of values",
        ["HashSet"] = "HashSet takes an array of entries",
        ["HashGet"] = "HashGet takes an array of fields",
        ["HashDelete"] = "HashDelete takes an array of fields",
        ["SortedSetAdd"] = "SortedSetAdd takes an array of entries",
        ["SortedSetRemove"] = "SortedSetRemove takes an array of members",
        ["ListLeftPush"] = "ListLeftPush takes an array of values",
        ["ListRightPush"] = "ListRightPush takes an array of values",
    };

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnBody(static body =>
    {
        var loops = new HashSet<SyntaxNode>();
        foreach (var call in body.Calls)
        {
            if (!Methods.Contains(call.Name) || call.IsQueued || !IsAwaitedOrSynchronous(call) || Loop(call.Operation) is not { } loop || !loops.Add(loop.Loop.Syntax))
                continue;

            if (!call.Operation.Arguments.Any(argument => loop.Items.Any(item => argument.Value.Reads(item))) || Stops(loop.Loop))
                continue;

            // Several keys, or several items of one.
            bool isOneKey = call.Key is { } key && !loop.Items.Any(item => key.Reads(item));
            string remedy = Multiple.TryGetValue(call.Name, out string? of) && (isOneKey || call.Name is "StringGet" or "KeyDelete") ? of : "send all of them, then await Task.WhenAll";
            body.Report(Rule, call.NameLocation, call.Operation.TargetMethod.Name, remedy);
        }
    });

    private static bool IsAwaitedOrSynchronous(DriverCall call) => !call.IsAsync || call.Operation.Parent is IAwaitOperation
        || (call.Operation.Parent is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Parent: IAwaitOperation });

    // A loop over a collection or over numbers, and the locals that are other ones in each turn.
    private static (ILoopOperation Loop, List<ILocalSymbol> Items)? Loop(IOperation call)
    {
        var loop = call.Enclosing<ILoopOperation>();
        if (loop is not (IForEachLoopOperation { IsAsynchronous: false } or IForLoopOperation) || !call.IsWithin(loop.Body))
            return null;

        var items = new List<ILocalSymbol>(loop.Locals);
        foreach (var declarator in loop.Body.Descendants().OfType<IVariableDeclaratorOperation>())
        {
            // A few hops: var key = "user:" + id.
            if (declarator.GetVariableInitializer() is { } initializer && items.Any(item => initializer.Value.Reads(item)))
                items.Add(declarator.Symbol);
        }

        return (loop, items);
    }

    // What one turn finds decides whether there is a next, or turns are paced on purpose.
    private static bool Stops(ILoopOperation loop) => loop.Body.Descendants().Any(static operation => operation
        is IBranchOperation { BranchKind: BranchKind.Break }
        or IReturnOperation { Kind: OperationKind.Return }
        or IInvocationOperation { TargetMethod: { Name: "Delay" or "Sleep", ContainingType.Name: "Task" or "Thread" } });
}
