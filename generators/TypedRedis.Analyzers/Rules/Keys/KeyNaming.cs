using Microsoft.CodeAnalysis;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Keys;

/// <summary>Keys that are hard to type, to match and to share.</summary>
internal sealed class KeyNaming : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR4004",
        "The key is hard to type and to match",
        "The key text '{0}' {1}: keys are easiest to type, match and share in lower case with ':' between parts",
        DiagnosticSeverity.Info);

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnBody(static body =>
    {
        var seen = new HashSet<SyntaxNode>();
        foreach (var call in body.Calls)
        {
            if (call.Key is { } key && KeyText.Of(key) is { } text && seen.Add(key.Syntax) && Fault(text) is var (part, fault))
                body.Report(Rule, key, part, fault);
        }
    });

    private static (string Part, string Fault)? Fault(KeyText text)
    {
        string? literal = text.Literals.FirstOrDefault(static literal => literal.Any(static c => char.IsWhiteSpace(c)));
        if (literal is not null)
            return (literal, "has a space");

        literal = text.Literals.FirstOrDefault(static literal => literal.Any(static c => char.IsUpper(c)));
        if (literal is not null)
            return (literal, "has capitals");

        literal = text.Literals.FirstOrDefault(static literal => literal.Contains('/') || literal.Contains('\\'));
        if (literal is not null)
            return (literal, "is separated by slashes");

        // user1 and 23, user12 and 3.
        for (int i = 0; i + 1 < text.Pieces.Count; i++)
        {
            if (text.Pieces[i] is { } piece && text.Pieces[i + 1] is null && char.IsLetterOrDigit(piece[piece.Length - 1]))
                return (piece, "ends where a value begins, with nothing between");
        }

        return null;
    }
}
