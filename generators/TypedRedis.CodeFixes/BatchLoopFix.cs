using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using TypedRedis.Analyzers.Rules.Performance;

namespace TypedRedis.CodeFixes;

/// <summary>A loop that awaits a call per item → all calls sent, then awaited together.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class BatchLoopFix() : RuleFix(CallPerItem.Rule)
{
    private protected override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        // A foreach whose one statement awaits the call and has no use for its result. The order in which the calls are sent stays, and with it that of their effects.
        if (node.Call() is not { } call || call.Statement() is not { Expression: AwaitExpressionSyntax } statement
            || statement.Ancestors().OfType<ForEachStatementSyntax>().FirstOrDefault() is not { } loop
            || !loop.AwaitKeyword.IsKind(SyntaxKind.None)
            || !IsOnly(statement, loop)
            || loop.DescendantTrivia().Any(static trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia))
            || call.DescendantNodes().OfType<AwaitExpressionSyntax>().Any()
            || !HasLinq(loop, model))
            yield break;

        bool isConfigured = call.Parent is MemberAccessExpressionSyntax { Name.Identifier.Text: "ConfigureAwait" };
        string name = loop.Identifier.Text;
        string source = loop.Expression is IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax ? loop.Expression.WithoutTrivia().ToString() : $"({loop.Expression.WithoutTrivia()})";
        var together = SyntaxFactory.ParseStatement($"await Task.WhenAll({source}.Select({name} => {call.WithoutTrivia()})){(isConfigured ? ".ConfigureAwait(false)" : "")};")
            .WithTriviaFrom(loop)
            .WithAdditionalAnnotations(Formatter.Annotation);
        yield return new Change("Send all, then await them together", () => root.ReplaceNode(loop, together));
    }

    private static bool IsOnly(StatementSyntax statement, ForEachStatementSyntax loop)
        => loop.Statement == statement || (loop.Statement is BlockSyntax { Statements.Count: 1 } block && block.Statements[0] == statement);

    // System.Linq and Task can be named here, and the collection is one.
    private static bool HasLinq(ForEachStatementSyntax loop, SemanticModel model)
    {
        var type = model.GetTypeInfo(loop.Expression).Type;
        bool isEnumerable = type is IArrayTypeSymbol || type?.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T
            || type?.AllInterfaces.Any(static @interface => @interface.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T) == true;
        return isEnumerable
            && model.LookupNamespacesAndTypes(loop.SpanStart, name: "Task").OfType<INamedTypeSymbol>().Any(static symbol => symbol.ContainingNamespace.ToDisplayString() == "System.Threading.Tasks")
            && model.LookupNamespacesAndTypes(loop.SpanStart, name: "Enumerable").OfType<INamedTypeSymbol>().Any(static symbol => symbol.ContainingNamespace.ToDisplayString() == "System.Linq");
    }
}
