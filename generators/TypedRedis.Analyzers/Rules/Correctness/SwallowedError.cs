using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Correctness;

/// <summary>An error of Redis that nobody sees: an empty catch around a write.</summary>
internal sealed class SwallowedError : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR2009",
        "An error of Redis is swallowed",
        "The catch is empty, so that nobody hears that '{0}' failed: log or count the error, or let it pass",
        DiagnosticSeverity.Warning);

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnBody(body =>
    {
        var seen = new HashSet<SyntaxNode>();
        foreach (var call in body.Calls)
        {
            if (!Writes(call.Name) || call.IsQueued)
                continue;

            // The nearest handler that it can come to.
            for (var tried = call.Operation.Enclosing<ITryOperation>(); tried is not null; tried = tried.Enclosing<ITryOperation>())
            {
                if (!call.Operation.IsWithin(tried.Body))
                    continue;

                var handler = tried.Catches.FirstOrDefault(handler => handler.Filter is null && Catches(handler.ExceptionType, body.Driver));
                if (handler is null)
                    continue;

                if (handler.Handler is { Operations.IsEmpty: true } && handler.Syntax is CatchClauseSyntax clause && !HasComment(clause) && seen.Add(clause))
                    body.Report(Rule, clause.CatchKeyword.GetLocation(), call.Operation.TargetMethod.Name);
                break;
            }
        }
    });

    // A comment says why.
    private static bool HasComment(CatchClauseSyntax clause) => clause.Block.DescendantTrivia().Any(static trivia
        => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia) || trivia.IsKind(SyntaxKind.MultiLineCommentTrivia));

    private static bool Catches(ITypeSymbol? caught, DriverSymbols driver)
    {
        if (caught is null || caught.SpecialType == SpecialType.System_Object || caught.ToDisplayString() == "System.Exception")
            return true;

        return driver.Has(caught) && caught.Name is "RedisException" or "RedisConnectionException" or "RedisServerException" or "RedisTimeoutException" or "RedisCommandException";
    }

    private static bool Writes(string name)
        => name.EndsWith("Set", StringComparison.Ordinal) || name.EndsWith("Add", StringComparison.Ordinal) || name.EndsWith("Push", StringComparison.Ordinal)
            || name.EndsWith("Delete", StringComparison.Ordinal) || name.EndsWith("Remove", StringComparison.Ordinal) || name.EndsWith("Increment", StringComparison.Ordinal)
            || name.EndsWith("Decrement", StringComparison.Ordinal) || name is "Publish" or "KeyExpire" or "StreamAcknowledge";
}
