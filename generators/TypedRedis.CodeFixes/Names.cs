using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TypedRedis.CodeFixes;

/// <summary>Names of what fixes declare, made of texts and expressions.</summary>
internal static class Names
{
    // Whose snake_case is the field again.
    private static readonly Regex Snake = new("^[a-z][a-z0-9]+(?:_[a-z][a-z0-9]+)*$", RegexOptions.CultureInvariant);

    /// <summary>The words of a text with capitals: <c>created-at</c> and <c>createdAt</c> are <c>CreatedAt</c>; null where that is no name.</summary>
    public static string? Pascal(string text)
    {
        var name = new StringBuilder();
        bool begins = true;
        foreach (char c in text)
        {
            if (c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9'))
            {
                name.Append(begins ? char.ToUpperInvariant(c) : c);
                begins = false;
            }
            else
            {
                begins = true;
            }
        }

        return SyntaxFacts.IsValidIdentifier(name.ToString()) ? name.ToString() : null;
    }

    /// <summary>Whether a property of the field's name in Pascal case has the field by default.</summary>
    public static bool IsSnake(string field) => Snake.IsMatch(field);

    /// <summary>What an expression calls its value: <c>Id</c> of <c>id</c>, of <c>_id</c> and of <c>user.Id</c>; null of one that has no name.</summary>
    public static string? Of(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax name => Pascal(name.Identifier.ValueText.TrimStart('_')),
        MemberAccessExpressionSyntax access => Pascal(access.Name.Identifier.ValueText),
        ParenthesizedExpressionSyntax inner => Of(inner.Expression),
        _ => null,
    };

    /// <summary>The name of a local or a parameter.</summary>
    public static string Camel(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);
}
