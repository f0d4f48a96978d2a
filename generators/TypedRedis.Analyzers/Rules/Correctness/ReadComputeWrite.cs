using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Correctness;

/// <summary>A value is read, computed from and written back with nothing that notices a write of somebody else between: one of the two is lost.</summary>
internal sealed class ReadComputeWrite : SingleRule
{
    private const int Hops = 4;

    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR2003",
        "A change between read and write is lost",
        "What is written to '{0}' is computed from what was read of it, so a write of somebody else between the two is lost: {1}",
        DiagnosticSeverity.Warning);

    private static readonly Dictionary<string, (string Write, string Value)> Pairs = new(StringComparer.Ordinal)
    {
        ["StringGet"] = ("StringSet", "value"),
        ["HashGet"] = ("HashSet", "value"),
    };

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnBody(static body =>
    {
        // A lock or a condition anywhere in the body may guard it.
        if (body.Calls.Any(static call => call.Name is "LockTake" or "AddCondition" || call.GivesEnum("when", "NotExists")))
            return;

        foreach (var read in body.Calls)
        {
            if (!Pairs.TryGetValue(read.Name, out var pair) || read.IsQueued || read.Operation.Target() is not { } local)
                continue;

            foreach (var write in body.Calls)
            {
                if (write.Name != pair.Write || write.IsQueued || write.Operation.Syntax.SpanStart < read.Operation.Syntax.SpanStart
                    || !read.Key.IsSameAs(write.Key)
                    || (read.Name == "HashGet" && !read.Argument("hashField").IsSameAs(write.Argument("hashField")))
                    || write.Argument(pair.Value) is not { } value
                    || write.Gives("when")
                    || !DependsOn(value, local, body.Blocks, Hops))
                    continue;

                body.Report(Rule, write.NameLocation, write.Key!.Syntax, read.Name == "StringGet"
                    ? "use StringIncrement, a condition in a transaction, or UpdateAsync of a declared model"
                    : "use HashIncrement, a condition in a transaction, or PatchAsync of a declared model");
            }
        }
    });

    // Whether a value is made of a local, over a few assignments of others.
    private static bool DependsOn(IOperation value, ILocalSymbol local, IReadOnlyList<IOperation> blocks, int hops)
    {
        foreach (var operation in value.DescendantsAndSelf())
        {
            if (operation is not ILocalReferenceOperation reference)
                continue;
            if (SymbolEqualityComparer.Default.Equals(reference.Local, local))
                return true;
            if (hops > 0 && Sources(reference.Local, blocks).Any(source => !source.IsWithin(value) && DependsOn(source, local, blocks, hops - 1)))
                return true;
        }

        return false;
    }

    private static IEnumerable<IOperation> Sources(ILocalSymbol local, IReadOnlyList<IOperation> blocks)
    {
        foreach (var block in blocks)
        {
            foreach (var operation in block.Descendants())
            {
                switch (operation)
                {
                    case IVariableDeclaratorOperation { Initializer: { } initializer } declarator when SymbolEqualityComparer.Default.Equals(declarator.Symbol, local):
                        yield return initializer.Value;
                        break;
                    case ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } assignment when SymbolEqualityComparer.Default.Equals(target.Local, local):
                        yield return assignment.Value;
                        break;
                }
            }
        }
    }
}
