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
        var loops = new Dictionary<SyntaxNode, List<ILocalSymbol>?>();
        foreach (var call in body.Calls)
        {
            if (!Methods.Contains(call.Name) || call.IsQueued || !call.IsWaitedFor || call.Operation.Enclosing<ILoopOperation>() is not { } loop || !call.Operation.IsWithin(loop.Body))
                continue;

            if (!loops.TryGetValue(loop.Syntax, out var items))
                loops.Add(loop.Syntax, items = Items(loop, body.Body));
            if (items is null || !IsPerItem(call, items) || IsChained(call, loop, items))
                continue;

            // Several keys, or several items of one.
            loops[loop.Syntax] = null;
            bool isOneKey = call.Key is { } key && !key.DescendantsAndSelf().Any(part => part is ILocalReferenceOperation local && IsWithin(local.Local, loop));
            string remedy = Multiple.TryGetValue(call.Name, out string? of) && (isOneKey || call.Name is "StringGet" or "KeyDelete") ? of : "send all of them, then await Task.WhenAll";
            body.Report(Rule, call.NameLocation, call.Operation.TargetMethod.Name, remedy);
        }
    });

    // The locals that are other ones in each turn of a loop over a collection or over numbers; null where turns are few, paced, or decide whether there is a next.
    private static List<ILocalSymbol>? Items(ILoopOperation loop, Body body)
    {
        bool isBounded = loop switch
        {
            IForEachLoopOperation { IsAsynchronous: false } over => !IsFixed(body.Resolve(over.Collection)),
            IForLoopOperation { Condition: IBinaryOperation { RightOperand: var bound } } => bound.Unwrap().ConstantValue is not { HasValue: true, Value: <= 10 },
            IForLoopOperation => true,
            _ => false,
        };
        if (!isBounded)
            return null;

        var items = new List<ILocalSymbol>(loop.Locals);
        foreach (var operation in loop.Body.Descendants())
        {
            switch (operation)
            {
                case IBranchOperation { BranchKind: BranchKind.Break } branch when branch.Enclosing<ISwitchCaseOperation>() is not { } choice || !choice.IsWithin(loop.Body):
                case IReturnOperation { Kind: OperationKind.Return } left when left.Function() == loop.Function():
                case IInvocationOperation { TargetMethod: { Name: "Delay" or "Sleep", ContainingType.Name: "Task" or "Thread" } }:
                case IInvocationOperation { TargetMethod.Name: "WaitForNextTickAsync" }:
                    return null;

                // Over a few locals: var key = "user:" + id.
                case IVariableDeclaratorOperation declarator when declarator.GetVariableInitializer() is { } initializer && items.Any(item => initializer.Value.Reads(item)):
                    items.Add(declarator.Symbol);
                    break;
            }
        }

        return items;
    }

    // Elements that the source lists, here or once for the program.
    private static bool IsFixed(IOperation collection) => collection is IFieldReferenceOperation { Field: { IsStatic: true, IsReadOnly: true } } || collection.Elements() is not null;

    // An item is an argument by itself: where it becomes an array, it is a batch already.
    private static bool IsPerItem(DriverCall call, List<ILocalSymbol> items)
    {
        bool isPerItem = false;
        foreach (var argument in call.Operation.Arguments)
        {
            if (argument.Parameter is not { } parameter || !items.Any(item => argument.Value.Reads(item)))
                continue;
            if (parameter.Name == "key")
                return call.Operation.Arguments.All(static other => other.Parameter?.Name != "keys");
            if (parameter.Type is IArrayTypeSymbol or { Name: "ReadOnlyMemory" or "ReadOnlySpan" or "IEnumerable" })
                return false;

            // A page of a list by its number is no item.
            isPerItem |= parameter.Name is not ("start" or "stop" or "flags" or "expiry");
        }

        return isPerItem;
    }

    // Another one in each turn.
    private static bool IsWithin(ILocalSymbol local, ILoopOperation loop) => local.DeclaringSyntaxReferences.Any(declaration => loop.Syntax.Span.Contains(declaration.Span) && declaration.SyntaxTree == loop.Syntax.SyntaxTree);

    // What one turn reads is what the next one asks for.
    private static bool IsChained(DriverCall call, ILoopOperation loop, List<ILocalSymbol> items)
        => call.Operation.Consumer() is ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } && !items.Contains(target.Local, SymbolEqualityComparer.Default)
            && call.Operation.Arguments.Any(argument => argument.Value.Reads(target.Local)) && loop.Syntax.Span.Contains(target.Syntax.Span);
}
