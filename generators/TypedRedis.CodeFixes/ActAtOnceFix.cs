using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Analyzers.Rules.Correctness;

namespace TypedRedis.CodeFixes;

/// <summary>
/// <c>if (!KeyExists(key)) StringSet(key, …)</c> → <c>StringSet(key, …, when: When.NotExists)</c>, and <c>if (KeyExists(key)) KeyDelete(key)</c> → <c>KeyDelete(key)</c>.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ActAtOnceFix() : RuleFix(ExistsThenAct.Rule)
{
    private const string Kind = "Act at once";

    private protected override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        // An `if` that asks, and does one thing.
        if (node.Call() is not { } question
            || question.FirstAncestorOrSelf<IfStatementSyntax>() is not { Else: null, Parent: BlockSyntax or GlobalStatementSyntax or SwitchSectionSyntax } branch
            || branch.HasCommentsInside()
            || IsNegated(branch.Condition, question) is not { } isNegated
            || Only(branch.Statement) is not ExpressionStatementSyntax only
            || only.Expression.Awaited() is not { } act
            || Way(question.Method(model, cancellationToken), act.Method(model, cancellationToken), isNegated) is not var (title, when, same)
            || !act.IsSame(question, model, cancellationToken, same)
            || !act.ArgumentList.Arguments.All(argument => same.Any(parameter => act.Argument(model, parameter, cancellationToken) == argument) || argument.IsHarmless(model, cancellationToken)))
            yield break;

        if (when is not null)
        {
            if (act.Argument(model, "when", cancellationToken) is not null)
                yield break;

            var changed = act.With(Syntax.Named("when", Syntax.Name("StackExchange.Redis.When." + when)));
            yield return new Change(title, () => root.ReplaceNode(branch, only.ReplaceNode(act, changed).WithTriviaFrom(branch)), kind: Kind);
        }
        else
        {
            yield return new Change(title, () => root.ReplaceNode(branch, only.WithTriviaFrom(branch)), kind: Kind);
        }
    }

    // What to say, the condition of the write, and what has to be the same.
    private static (string Title, string? When, string[] Same)? Way(string? question, string? act, bool isNegated) => (question, act, isNegated) switch
    {
        ("KeyExists", "StringSet", true) => ("Let StringSet decide, with When.NotExists", "NotExists", ["key"]),
        ("KeyExists", "StringSet", false) => ("Let StringSet decide, with When.Exists", "Exists", ["key"]),
        ("HashExists", "HashSet", true) => ("Let HashSet decide, with When.NotExists", "NotExists", ["key", "hashField"]),
        ("KeyExists", "KeyDelete", false) => ("Delete at once", null, ["key"]),
        ("HashExists", "HashDelete", false) => ("Delete at once", null, ["key", "hashField"]),
        ("SetContains", "SetRemove", false) => ("Remove at once", null, ["key", "value"]),
        ("SetContains", "SetAdd", true) => ("Add at once", null, ["key", "value"]),
        _ => null,
    };

    private static StatementSyntax? Only(StatementSyntax statement) => statement is BlockSyntax block ? block.Statements.Count == 1 ? block.Statements[0] : null : statement;

    // Whether a condition is the opposite of an answer; null where it is something else.
    private static bool? IsNegated(ExpressionSyntax condition, InvocationExpressionSyntax question)
    {
        bool isNegated = false;
        while (true)
        {
            switch (condition)
            {
                case ParenthesizedExpressionSyntax inner:
                    condition = inner.Expression;
                    break;
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not:
                    isNegated = !isNegated;
                    condition = not.Operand;
                    break;
                default:
                    return condition.Awaited() == question ? isNegated : null;
            }
        }
    }
}
