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
            if (question.Name is not ("KeyExists" or "HashExists" or "SetContains") || question.IsQueued || Condition(question.Operation) is not { } branch)
                continue;

            var act = body.Calls.FirstOrDefault(call
                => call != question && !call.IsQueued && call.Operation.Syntax.SpanStart > question.Operation.Syntax.SpanStart
                    && (call.Operation.IsWithin(branch.WhenTrue) || (branch.WhenFalse is { } otherwise && call.Operation.IsWithin(otherwise)))
                    && call.Key.IsSameAs(question.Key)
                    && IsSameItem(question, call));
            if (act is not null && Remedy(question.Name, act.Name) is { } remedy)
                body.Report(Rule, question.NameLocation, question.Operation.TargetMethod.Name, question.Key!.Syntax, act.Operation.TargetMethod.Name, remedy);
        }
    });

    // The `if` that the answer decides, at once or over a local.
    private static IConditionalOperation? Condition(IOperation question)
    {
        var local = question.Target();
        if (local is null)
        {
            var branch = question.Enclosing<IConditionalOperation>();
            return branch is not null && question.IsWithin(branch.Condition) ? branch : null;
        }

        var block = question.Enclosing<IBlockOperation>();
        return block?.Operations.OfType<IConditionalOperation>().FirstOrDefault(branch => branch.Condition.Reads(local));
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
