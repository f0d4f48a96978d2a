using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Simplification;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.CodeFixes;

/// <summary>What fixes ask of syntax and do with it.</summary>
internal static class Syntax
{
    /// <summary>The call that a diagnostic at its name or at an argument speaks of.</summary>
    public static InvocationExpressionSyntax? Call(this SyntaxNode node) => node.FirstAncestorOrSelf<InvocationExpressionSyntax>();

    /// <summary>The call under <c>await</c>, <c>ConfigureAwait</c> and parentheses; null for other expressions.</summary>
    public static InvocationExpressionSyntax? Awaited(this ExpressionSyntax expression)
    {
        while (true)
        {
            switch (expression)
            {
                case ParenthesizedExpressionSyntax inner:
                    expression = inner.Expression;
                    break;
                case AwaitExpressionSyntax awaited:
                    expression = awaited.Expression;
                    break;
                case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "ConfigureAwait" } configured }:
                    expression = configured.Expression;
                    break;
                default:
                    return expression as InvocationExpressionSyntax;
            }
        }
    }

    /// <summary>The statement that is a call and nothing else, awaited or not: <c>await db.KeyDeleteAsync(key).ConfigureAwait(false);</c>.</summary>
    public static ExpressionStatementSyntax? Statement(this InvocationExpressionSyntax call)
        => call.FirstAncestorOrSelf<ExpressionStatementSyntax>() is { } statement && statement.Expression.Awaited() == call ? statement : null;

    /// <summary>The statement before one in the same list of statements.</summary>
    public static StatementSyntax? Previous(this StatementSyntax statement)
    {
        switch (statement.Parent)
        {
            case BlockSyntax block:
                return At(block.Statements, block.Statements.IndexOf(statement) - 1);
            case SwitchSectionSyntax section:
                return At(section.Statements, section.Statements.IndexOf(statement) - 1);
            case GlobalStatementSyntax { Parent: CompilationUnitSyntax unit } global:
                int place = unit.Members.IndexOf(global);
                return place > 0 ? (unit.Members[place - 1] as GlobalStatementSyntax)?.Statement : null;
            default:
                return null;
        }

        static StatementSyntax? At(SyntaxList<StatementSyntax> statements, int index) => index >= 0 ? statements[index] : null;
    }

    /// <summary>What a call means.</summary>
    public static IInvocationOperation? Operation(this InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken)
        => model.GetOperation(call, cancellationToken) as IInvocationOperation;

    /// <summary>The name of the method that is called, without <c>Async</c>.</summary>
    public static string? Method(this InvocationExpressionSyntax call, SemanticModel model, CancellationToken cancellationToken)
        => model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol { Name: var name, ContainingAssembly.Name: "StackExchange.Redis" }
            ? name.EndsWith("Async", StringComparison.Ordinal) ? name.Substring(0, name.Length - 5) : name
            : null;

    /// <summary>Whether two calls are made on the same database with the same arguments for some parameters.</summary>
    public static bool IsSame(this InvocationExpressionSyntax call, InvocationExpressionSyntax other, SemanticModel model, CancellationToken cancellationToken, params string[] parameters)
    {
        if (call.Operation(model, cancellationToken)?.Instance is not { } instance || !instance.IsSameAs(other.Operation(model, cancellationToken)?.Instance))
            return false;

        return parameters.All(parameter => call.Argument(model, parameter, cancellationToken) is { } one && other.Argument(model, parameter, cancellationToken) is { } two
            && model.GetOperation(one.Expression, cancellationToken).IsSameAs(model.GetOperation(two.Expression, cancellationToken)));
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

    /// <summary>A write with an expiry: the third argument, or one by name, or instead of <c>null</c>; null where it has one.</summary>
    public static InvocationExpressionSyntax? WithExpiry(this InvocationExpressionSyntax write, ExpressionSyntax expiry, SemanticModel model, CancellationToken cancellationToken)
    {
        if (write.Argument(model, "expiry", cancellationToken)?.Expression is { } given)
        {
            return given.IsKind(SyntaxKind.NullLiteralExpression) || given.IsKind(SyntaxKind.DefaultLiteralExpression)
                ? write.ReplaceNode(given, expiry.WithTriviaFrom(given))
                : null;
        }

        var arguments = write.ArgumentList.Arguments;
        bool isThird = arguments.Count == 2 && arguments.All(static argument => argument.NameColon is null);
        return write.With(isThird ? SyntaxFactory.Argument(expiry.WithoutTrivia()) : Named("expiry", expiry));
    }

    /// <summary>Whether an expression can be evaluated earlier, or where it was not: it changes nothing, waits for nothing, and calls the framework alone.</summary>
    public static bool IsHarmless(this SyntaxNode expression, SemanticModel model, CancellationToken cancellationToken)
        => !expression.Writes() && expression.DescendantNodesAndSelf().All(node => node switch
        {
            AwaitExpressionSyntax or AnonymousFunctionExpressionSyntax or ThrowExpressionSyntax or QueryExpressionSyntax => false,
            InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax => model.GetSymbolInfo(node, cancellationToken).Symbol is IMethodSymbol method
                ? IsOfFramework(method)
                : node is InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "nameof" } },
            _ => true,
        });

    /// <summary>Whether an expression gives something another value by itself.</summary>
    public static bool Writes(this SyntaxNode expression) => expression.DescendantNodesAndSelf().Any(static node => node switch
    {
        AssignmentExpressionSyntax => !node.Parent.IsKind(SyntaxKind.ObjectInitializerExpression),
        PrefixUnaryExpressionSyntax or PostfixUnaryExpressionSyntax => node.IsKind(SyntaxKind.PreIncrementExpression) || node.IsKind(SyntaxKind.PreDecrementExpression)
            || node.IsKind(SyntaxKind.PostIncrementExpression) || node.IsKind(SyntaxKind.PostDecrementExpression),
        ArgumentSyntax argument => !argument.RefKindKeyword.IsKind(SyntaxKind.None),
        _ => false,
    });

    /// <summary>What a node gives another value, if it does.</summary>
    public static SyntaxNode? Written(this SyntaxNode node) => node switch
    {
        AssignmentExpressionSyntax assignment => assignment.Left,
        PrefixUnaryExpressionSyntax prefix when prefix.Writes() => prefix.Operand,
        PostfixUnaryExpressionSyntax postfix when postfix.Writes() => postfix.Operand,
        ArgumentSyntax argument when !argument.RefKindKeyword.IsKind(SyntaxKind.None) => argument.Expression,
        _ => null,
    };

    /// <summary>Whether a node has comments or directives, apart from those before and after it.</summary>
    public static bool HasCommentsInside(this SyntaxNode node)
    {
        var (leading, trailing) = (node.GetLeadingTrivia(), node.GetTrailingTrivia());
        return node.DescendantTrivia(descendIntoTrivia: false).Any(trivia => IsText(trivia) && !leading.Contains(trivia) && !trailing.Contains(trivia));
    }

    /// <summary>Whether something is said before a node or after it in its line.</summary>
    public static bool HasCommentsAround(this SyntaxNode node) => node.GetLeadingTrivia().Concat(node.GetTrailingTrivia()).Any(IsText);

    /// <summary>The comments around a node.</summary>
    public static IEnumerable<SyntaxTrivia> CommentsAround(this SyntaxNode node)
        => node.GetLeadingTrivia().Concat(node.GetTrailingTrivia()).Where(static trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia));

    /// <summary>What ends the lines of a file.</summary>
    public static SyntaxTrivia LineEnd(this SyntaxNode root)
    {
        var end = root.DescendantTrivia().FirstOrDefault(static trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia));
        return end.IsKind(SyntaxKind.EndOfLineTrivia) ? end : SyntaxFactory.LineFeed;
    }

    /// <summary>The white space before a node in its line.</summary>
    public static string Indent(this SyntaxNode node) => node.GetLeadingTrivia().LastOrDefault() is var last && last.IsKind(SyntaxKind.WhitespaceTrivia) ? last.ToString() : "";

    /// <summary>A declaration of a source text, whose names are shortened where a using allows it.</summary>
    public static MemberDeclarationSyntax Declaration(string source)
    {
        var declaration = SyntaxFactory.ParseMemberDeclaration(source)!;
        return declaration.ReplaceNodes(
            declaration.DescendantNodes().Where(static node => node is QualifiedNameSyntax or AliasQualifiedNameSyntax && node.Parent is not QualifiedNameSyntax),
            static (_, name) => name.WithAdditionalAnnotations(Simplifier.Annotation));
    }

    /// <summary>A file without a statement. The line that it ended, the statement before it ends.</summary>
    public static SyntaxNode Without(this SyntaxNode root, StatementSyntax statement)
    {
        SyntaxNode Gone(StatementSyntax current) => current.Parent is GlobalStatementSyntax global ? global : current;
        if (statement.Previous() is not { } previous || !statement.GetTrailingTrivia().Any(SyntaxKind.EndOfLineTrivia) || previous.GetTrailingTrivia().Any(SyntaxKind.EndOfLineTrivia))
            return root.RemoveNode(Gone(statement), SyntaxRemoveOptions.KeepNoTrivia)!;

        var end = statement.GetTrailingTrivia().First(static trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia));
        var tracked = root.TrackNodes(statement, previous);
        tracked = tracked.ReplaceNode(
            tracked.GetCurrentNode(previous)!,
            previous.WithTrailingTrivia(previous.GetTrailingTrivia().Reverse().SkipWhile(static trivia => trivia.IsKind(SyntaxKind.WhitespaceTrivia)).Reverse().Append(end)));
        return tracked.RemoveNode(Gone(tracked.GetCurrentNode(statement)!), SyntaxRemoveOptions.KeepNoTrivia)!;
    }

    private static bool IsOfFramework(IMethodSymbol method)
    {
        var space = method.ContainingNamespace;
        while (space is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;
        return space?.Name == "System" || method.ContainingType?.Name is "RedisKey" or "RedisValue";
    }

    private static bool IsText(SyntaxTrivia trivia) => trivia.IsDirective || (!trivia.IsKind(SyntaxKind.WhitespaceTrivia) && !trivia.IsKind(SyntaxKind.EndOfLineTrivia));
}
