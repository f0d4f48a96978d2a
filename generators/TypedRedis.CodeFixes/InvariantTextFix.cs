using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Analyzers.Rules.Correctness;

namespace TypedRedis.CodeFixes;

/// <summary>Text in the current culture → in the invariant one.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class InvariantTextFix() : RuleFix(CultureInKey.Rule)
{
    private const string Title = "Format it in the invariant culture";

    private protected override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        if (node is not ExpressionSyntax value || !IsOnlySent(value, model, cancellationToken))
            yield break;

        while (value.Parent is ParenthesizedExpressionSyntax outer)
            value = outer;
        switch (value)
        {
            case { Parent: InterpolationSyntax { Parent: InterpolatedStringExpressionSyntax text } }:
                if (text.Ancestors().OfType<InterpolationSyntax>().Any())
                    yield break;

                yield return new Change(Title, () => root.ReplaceNode(text, Call("System.FormattableString.Invariant", text.WithoutTrivia()).WithTriviaFrom(text)));
                break;
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "ToString" } } call:
                yield return new Change(Title, () => root.ReplaceNode(call, call.With(SyntaxFactory.Argument(Culture()))));
                break;
            case { Parent: BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } }:
                if (model.GetTypeInfo(value, cancellationToken).Type is not { IsValueType: true, OriginalDefinition.SpecialType: not SpecialType.System_Nullable_T })
                    yield break;

                var receiver = value is IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ParenthesizedExpressionSyntax or ElementAccessExpressionSyntax
                    ? value.WithoutTrivia()
                    : SyntaxFactory.ParenthesizedExpression(value.WithoutTrivia());
                var written = SyntaxFactory.InvocationExpression(
                        SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, receiver, SyntaxFactory.IdentifierName("ToString")),
                        SyntaxFactory.ArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(Culture()))))
                    .WithTriviaFrom(value);
                yield return new Change(Title, () => root.ReplaceNode(value, written));
                break;
        }
    }

    // A text that comes by way of a local is not shown to anybody, too.
    private static bool IsOnlySent(ExpressionSyntax value, SemanticModel model, CancellationToken cancellationToken)
    {
        if (value.FirstAncestorOrSelf<StatementSyntax>() is not LocalDeclarationStatementSyntax declaration
            || value.FirstAncestorOrSelf<VariableDeclaratorSyntax>() is not { } declarator
            || model.GetDeclaredSymbol(declarator, cancellationToken) is not ILocalSymbol { Type.SpecialType: SpecialType.System_String } local)
            return true;

        SyntaxNode? scope = declaration.Parent is GlobalStatementSyntax global ? global.Parent : declaration.Parent;
        return scope?.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(name => name.Identifier.Text == local.Name && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name, cancellationToken).Symbol, local))
            .All(name => model.GetTypeInfo(name, cancellationToken).ConvertedType?.Name is "RedisKey" or "RedisValue") == true;
    }

    private static ExpressionSyntax Culture() => Syntax.Name("System.Globalization.CultureInfo.InvariantCulture");

    private static ExpressionSyntax Call(string method, ExpressionSyntax argument)
        => SyntaxFactory.InvocationExpression(Syntax.Name(method), SyntaxFactory.ArgumentList(SyntaxFactory.SingletonSeparatedList(SyntaxFactory.Argument(argument))));
}
