using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TypedRedis.CodeFixes;

/// <summary>Databases that belong to a <c>RedisContext</c>.</summary>
internal static class ContextDatabase
{
    /// <summary>The context that a database is certainly that of: <c>redis</c> of <c>redis.Database</c>, by way of a local that is given a value once, too; null where the source does not tell.</summary>
    public static ExpressionSyntax? Context(this ExpressionSyntax database, SemanticModel model, CancellationToken cancellationToken)
    {
        switch (model.GetSymbolInfo(database, cancellationToken).Symbol)
        {
            case IPropertySymbol { Name: "Database", ContainingType: { Name: "RedisContext", ContainingNamespace.Name: "TypedRedis" } }
                when database is MemberAccessExpressionSyntax { Expression: var context } && IsName(context):
                return context;
            case ILocalSymbol local when Declarator(local, cancellationToken) is { Initializer.Value: var value } declarator && !IsWritten(local, declarator, model, cancellationToken)
                && value.Context(model, cancellationToken) is { } context:
                // What it was then, it is now.
                return model.GetSymbolInfo(context, cancellationToken).Symbol switch
                {
                    ILocalSymbol other when !IsWritten(other, declarator, model, cancellationToken) => context,
                    IParameterSymbol { RefKind: RefKind.None } other when !IsWritten(other, declarator, model, cancellationToken) => context,
                    IFieldSymbol { IsReadOnly: true } when context is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } => context,
                    _ => null,
                };
            default:
                return null;
        }
    }

    private static bool IsName(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax => true,
        MemberAccessExpressionSyntax access => access.Expression is ThisExpressionSyntax || IsName(access.Expression),
        _ => false,
    };

    private static VariableDeclaratorSyntax? Declarator(ILocalSymbol local, CancellationToken cancellationToken)
        => local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellationToken) as VariableDeclaratorSyntax;

    // Anywhere in the type or, of top-level statements, in the file.
    private static bool IsWritten(ISymbol symbol, SyntaxNode place, SemanticModel model, CancellationToken cancellationToken)
    {
        SyntaxNode scope = (SyntaxNode?)place.FirstAncestorOrSelf<TypeDeclarationSyntax>() ?? place.SyntaxTree.GetRoot(cancellationToken);
        return scope.DescendantNodes().Any(node => node.Written() is { } written && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(written, cancellationToken).Symbol, symbol));
    }
}
