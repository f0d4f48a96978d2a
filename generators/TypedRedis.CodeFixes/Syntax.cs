using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Simplification;

namespace TypedRedis.CodeFixes;

/// <summary>What fixes ask of syntax and do with it.</summary>
internal static class Syntax
{
    /// <summary>The call that a diagnostic at its name or at an argument speaks of.</summary>
    public static InvocationExpressionSyntax? Call(this SyntaxNode node) => node.FirstAncestorOrSelf<InvocationExpressionSyntax>();

    /// <summary>The statement that is a call and nothing else, awaited or not: <c>await db.KeyDeleteAsync(key).ConfigureAwait(false);</c>.</summary>
    public static ExpressionStatementSyntax? Statement(this InvocationExpressionSyntax call)
    {
        SyntaxNode? node = call.Parent;
        if (node is MemberAccessExpressionSyntax { Name.Identifier.Text: "ConfigureAwait", Parent: InvocationExpressionSyntax configured })
            node = configured.Parent;
        if (node is AwaitExpressionSyntax awaited)
            node = awaited.Parent;
        return node as ExpressionStatementSyntax;
    }

    /// <summary>The argument for a parameter, by its name or its place.</summary>
    public static ArgumentSyntax? Argument(this InvocationExpressionSyntax call, SemanticModel model, string parameter, CancellationToken cancellationToken)
    {
        if (model.GetSymbolInfo(call, cancellationToken).Symbol is not IMethodSymbol method)
            return null;

        var arguments = call.ArgumentList.Arguments;
        for (int i = 0; i < arguments.Count; i++)
        {
            string? name = arguments[i].NameColon?.Name.Identifier.Text ?? (i < method.Parameters.Length ? method.Parameters[i].Name : null);
            if (name == parameter)
                return arguments[i];
        }

        return null;
    }

    /// <summary>A name of the framework, shortened where a using allows it.</summary>
    public static ExpressionSyntax Name(string fullName) => SyntaxFactory.ParseExpression("global::" + fullName).WithAdditionalAnnotations(Simplifier.Annotation, Formatter.Annotation);

    /// <summary>An argument by name.</summary>
    public static ArgumentSyntax Named(string name, ExpressionSyntax value)
        => SyntaxFactory.Argument(SyntaxFactory.NameColon(name).WithTrailingTrivia(SyntaxFactory.Space), refKindKeyword: default, value.WithoutTrivia());

    /// <summary>A call with one argument more.</summary>
    public static InvocationExpressionSyntax With(this InvocationExpressionSyntax call, ArgumentSyntax argument)
    {
        var arguments = call.ArgumentList.Arguments;
        var separators = arguments.GetSeparators().Concat([SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space)]);
        return call.WithArgumentList(call.ArgumentList.WithArguments(SyntaxFactory.SeparatedList(arguments.Concat([argument]), separators.Take(arguments.Count))));
    }

    /// <summary>Whether a call still means a method of the same name where it stands.</summary>
    public static bool Compiles(this InvocationExpressionSyntax changed, InvocationExpressionSyntax original, SemanticModel model)
        => model.GetSpeculativeSymbolInfo(original.SpanStart, changed, SpeculativeBindingOption.BindAsExpression).Symbol is IMethodSymbol;

    /// <summary>Whether an expression has no effect and no other value when it is evaluated again: names, members, constants.</summary>
    public static bool IsSimple(this ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax or LiteralExpressionSyntax or ThisExpressionSyntax => true,
        MemberAccessExpressionSyntax access => access.Expression.IsSimple(),
        ParenthesizedExpressionSyntax inner => inner.Expression.IsSimple(),
        _ => false,
    };

    /// <summary>A file without a statement, whose comments stay where it stood.</summary>
    public static SyntaxNode Without(this SyntaxNode root, StatementSyntax statement)
        => root.RemoveNode(statement, Keeps(statement) ? SyntaxRemoveOptions.KeepLeadingTrivia : SyntaxRemoveOptions.KeepNoTrivia)!;

    private static bool Keeps(StatementSyntax statement) => statement.GetLeadingTrivia().Any(static trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia));
}
