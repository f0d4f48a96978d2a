using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Correctness;

/// <summary>Whether something exists is asked first: what is found can be gone, and what is not can be there, when the next command arrives.</summary>
internal sealed class ExistsThenAct : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR2004",
        "The answer is old when it is acted upon",
        "'{0}' asks about '{1}' before '{2}', one round trip more, and the answer can be wrong by then: {3}",
        DiagnosticSeverity.Warning);

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnBody(static body =>
    {
        foreach (var question in body.Calls)
        {
            if (question.Name is not ("KeyExists" or "HashExists" or "SetContains") || question.IsQueued || question.Key is null || Condition(question.Operation) is not { } branch)
                continue;

            foreach (var act in body.Calls)
            {
                if (act.IsQueued || !act.Operation.CanFollow(branch.Condition) || !IsDecided(act, branch) || !body.Body.IsSameKey(question, act) || !IsSameItem(question, act)
                    || Remedy(question.Name, act.Name) is not { } remedy)
                    continue;

                body.Report(Rule, question.NameLocation, question.Operation.TargetMethod.Name, question.Key.Syntax, act.Operation.TargetMethod.Name, remedy);
                break;
            }
        }
    });

    // The `if` that the answer decides, at once or over a local, and nothing else instead of it.
    private static IConditionalOperation? Condition(IOperation question)
    {
        IConditionalOperation? branch;
        if (question.Target() is { } local)
        {
            branch = question.Enclosing<IBlockOperation>()?.Operations.OfType<IConditionalOperation>().FirstOrDefault(candidate => candidate.Condition.Reads(local));
        }
        else
        {
            branch = question.Enclosing<IConditionalOperation>();
            if (branch is not null && !question.IsWithin(branch.Condition))
                return null;
        }

        return branch is null || branch.Condition.DescendantsAndSelf().Any(static operation => operation is IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr or BinaryOperatorKind.Or }) ? null : branch;
    }

    // Within a branch, or behind an `if` that leaves. What stores a value comes first in its branch: else the question saves the work of making one.
    private static bool IsDecided(DriverCall act, IConditionalOperation branch)
    {
        var chosen = act.Operation.IsWithin(branch.WhenTrue) ? branch.WhenTrue
            : branch.WhenFalse is { } otherwise && act.Operation.IsWithin(otherwise) ? otherwise
            : null;
        if (chosen is null)
            return branch.WhenTrue.Leaves() && act.Name is not ("StringSet" or "HashSet" or "SetAdd");

        return act.Name is not ("StringSet" or "HashSet")
            || (act.Operation.IsWithin(chosen is IBlockOperation { Operations: { Length: > 0 } operations } ? operations[0] : chosen)
                && !act.Operation.Arguments.Any(static argument => argument.Value.DescendantsAndSelf().Any(IsWork)));
    }

    // Something is waited for, or done by code that is neither the framework's nor the driver's.
    private static bool IsWork(IOperation operation)
    {
        if (operation is not IInvocationOperation { TargetMethod: var method })
            return operation is IAwaitOperation;

        var space = method.ContainingNamespace;
        while (space is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;
        return method.MethodKind == MethodKind.DelegateInvoke || !(space?.Name == "System" || method.ContainingAssembly?.Name == "StackExchange.Redis");
    }

    private static bool IsSameItem(DriverCall question, DriverCall act) => question.Name switch
    {
        "HashExists" => question.Argument("hashField").IsSameAs(act.Argument("hashField")),
        "SetContains" => question.Argument("value").IsSameAs(act.Argument("value")),
        _ => true,
    };

    private static string? Remedy(string question, string act) => (question, act) switch
    {
        (_, "StringGet" or "HashGet") => "read at once, and look whether the value IsNull",
        (_, "StringSet") => "let StringSet decide with When.NotExists or When.Exists",
        ("HashExists", "HashSet") => "let HashSet decide with When.NotExists",
        (_, "KeyDelete" or "HashDelete" or "SetRemove") => "delete at once, which answers whether it was there",
        ("SetContains", "SetAdd") => "add at once, which answers whether it was new",
        ("KeyExists", "HashGetAll" or "SetMembers" or "ListRange") => "read at once; what does not exist is empty",
        _ => null,
    };
}
