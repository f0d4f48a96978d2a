using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Analyzers.Rules.Performance;

namespace TypedRedis.CodeFixes;

/// <summary>A loop that awaits a call per item → all calls sent, then awaited together.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class BatchLoopFix() : RuleFix(CallPerItem.Rule)
{
    private protected override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        // A foreach whose one statement awaits the call and has no use for its result. The order in which the calls are sent stays, and with it that of their effects.
        if (node.Call() is not { } call || call.Statement() is not { Expression: AwaitExpressionSyntax awaited } statement
            || statement.FirstAncestorOrSelf<ForEachStatementSyntax>() is not { Parent: BlockSyntax or GlobalStatementSyntax or SwitchSectionSyntax } loop
            || !loop.AwaitKeyword.IsKind(SyntaxKind.None)
            || !IsOnly(statement, loop)
            || loop.HasCommentsInside()
            || call.DescendantNodes().OfType<AwaitExpressionSyntax>().Any()
            || !model.GetForEachStatementInfo(loop).ElementConversion.IsIdentity
            || !IsEnumerable(model.GetTypeInfo(loop.Expression, cancellationToken).Type))
            yield break;

        var source = loop.Expression is IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax
            ? loop.Expression.WithoutTrivia()
            : SyntaxFactory.ParenthesizedExpression(loop.Expression.WithoutTrivia());
        var send = SyntaxFactory.SimpleLambdaExpression(SyntaxFactory.Parameter(loop.Identifier.WithLeadingTrivia().WithTrailingTrivia(SyntaxFactory.Space)), call.WithoutTrivia())
            .WithArrowToken(SyntaxFactory.Token(SyntaxKind.EqualsGreaterThanToken).WithTrailingTrivia(SyntaxFactory.Space));
        var together = Call(Member(Syntax.Name("System.Threading.Tasks.Task"), "WhenAll"), Call(Member(source, "Select"), send));
        if (awaited.Expression is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "ConfigureAwait" } } configured)
            together = SyntaxFactory.InvocationExpression(Member(together, "ConfigureAwait"), configured.ArgumentList.WithoutTrivia());

        var all = SyntaxFactory.ExpressionStatement(SyntaxFactory.AwaitExpression(SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(SyntaxFactory.Space), together)).WithTriviaFrom(loop);
        yield return new Change("Send all, then await them together", () => root.ReplaceNode(loop, all));
    }

    private static bool IsOnly(StatementSyntax statement, ForEachStatementSyntax loop)
        => loop.Statement == statement || (loop.Statement is BlockSyntax { Statements.Count: 1 } block && block.Statements[0] == statement);

    // Something that Select takes.
    private static bool IsEnumerable(ITypeSymbol? type)
        => type is IArrayTypeSymbol || type?.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T
            || type?.AllInterfaces.Any(static @interface => @interface.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T) == true;

    private static MemberAccessExpressionSyntax Member(ExpressionSyntax of, string name)
        => SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, of, SyntaxFactory.IdentifierName(name));

    private static InvocationExpressionSyntax Call(ExpressionSyntax method, ExpressionSyntax argument)
        => SyntaxFactory.InvocationExpression(method, SyntaxFactory.ArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(argument))));
}
