using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TypedRedis.Generators.Parsing;

/// <summary>Finds the place of an attribute, of one of its arguments, and of a part of a string that an argument holds.</summary>
internal static class LiteralLocation
{
    /// <summary>The whole attribute.</summary>
    public static Location Of(AttributeData attribute, CancellationToken cancellationToken)
        => Syntax(attribute, cancellationToken)?.GetLocation() ?? Location.None;

    /// <summary>The argument of a constructor's parameter, or the attribute where the argument is not written.</summary>
    public static Location OfArgument(AttributeData attribute, int index, CancellationToken cancellationToken)
        => Argument(attribute, index, cancellationToken)?.GetLocation() ?? Of(attribute, cancellationToken);

    /// <summary>The value that is assigned to a property of the attribute, or the attribute where none is.</summary>
    public static Location OfNamedArgument(AttributeData attribute, string name, CancellationToken cancellationToken)
        => Syntax(attribute, cancellationToken)?.ArgumentList?.Arguments
            .FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name)?.Expression.GetLocation()
            ?? Of(attribute, cancellationToken);

    /// <summary>An element of the array of a <c>params</c> parameter, however it is written; or the attribute.</summary>
    public static Location OfElement(AttributeData attribute, int index, int element, CancellationToken cancellationToken)
    {
        var expressions = Elements(Argument(attribute, index, cancellationToken));
        var expression = expressions is null ? Argument(attribute, index + element, cancellationToken) : element < expressions.Length ? expressions[element] : null;
        return expression?.GetLocation() ?? Of(attribute, cancellationToken);
    }

    /// <summary>An element of the array that is assigned to a property of the attribute, however it is written; or the attribute.</summary>
    public static Location OfNamedElement(AttributeData attribute, string name, int element, CancellationToken cancellationToken)
    {
        var value = Syntax(attribute, cancellationToken)?.ArgumentList?.Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name)?.Expression;
        var expressions = Elements(value);
        return (expressions is not null && element < expressions.Length ? expressions[element] : value)?.GetLocation() ?? Of(attribute, cancellationToken);
    }

    /// <summary>A part of the string that an argument holds: inside the literal where it is one, else the whole argument.</summary>
    public static Location InArgument(AttributeData attribute, int index, int start, int length, CancellationToken cancellationToken)
    {
        var argument = Argument(attribute, index, cancellationToken);
        return argument is null ? Of(attribute, cancellationToken) : Inside(argument, start, length);
    }

    /// <summary>A part of the string that is assigned to a property of the attribute, likewise.</summary>
    public static Location InNamedArgument(AttributeData attribute, string name, int start, int length, CancellationToken cancellationToken)
        => Syntax(attribute, cancellationToken)?.ArgumentList?.Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name) is { } argument
            ? Inside(argument.Expression, start, length)
            : Of(attribute, cancellationToken);

    /// <summary>A part of the string that is an element of the array that is assigned to a property of the attribute, likewise.</summary>
    public static Location InNamedElement(AttributeData attribute, string name, int element, int start, int length, CancellationToken cancellationToken)
    {
        var value = Syntax(attribute, cancellationToken)?.ArgumentList?.Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name)?.Expression;
        return Elements(value) is { } expressions && element < expressions.Length && expressions[element] is { } expression
            ? Inside(expression, start, length)
            : OfNamedElement(attribute, name, element, cancellationToken);
    }

    private static Location Inside(ExpressionSyntax argument, int start, int length)
    {
        var expression = argument;
        while (expression is ParenthesizedExpressionSyntax parenthesized)
            expression = parenthesized.Expression;

        if (length > 0 && expression is LiteralExpressionSyntax { Token: var token } && StringTokenMap.Create(token) is { } map
            && start >= 0 && start + length <= token.ValueText.Length)
        {
            var span = TextSpan.FromBounds(token.SpanStart + map.Start(start), token.SpanStart + map.End(start + length - 1));
            return Location.Create(token.SyntaxTree!, span);
        }

        return argument.GetLocation();
    }

    private static ExpressionSyntax?[]? Elements(ExpressionSyntax? array) => array switch
    {
        ArrayCreationExpressionSyntax { Initializer: { } list } => list.Expressions.ToArray(),
        ImplicitArrayCreationExpressionSyntax { Initializer: var list } => list.Expressions.ToArray(),
        CollectionExpressionSyntax { Elements: var elements } => elements.Select(static item => (item as ExpressionElementSyntax)?.Expression).ToArray(),
        _ => null,
    };

    private static AttributeSyntax? Syntax(AttributeData attribute, CancellationToken cancellationToken)
        => attribute.ApplicationSyntaxReference?.GetSyntax(cancellationToken) as AttributeSyntax;

    private static ExpressionSyntax? Argument(AttributeData attribute, int index, CancellationToken cancellationToken)
    {
        if (Syntax(attribute, cancellationToken)?.ArgumentList is not { } list)
            return null;

        string? parameter = attribute.AttributeConstructor is { } constructor && index < constructor.Parameters.Length
            ? constructor.Parameters[index].Name
            : null;
        int position = 0;
        foreach (var argument in list.Arguments)
        {
            if (argument.NameEquals is not null)
                continue;

            bool found = argument.NameColon is { } colon ? colon.Name.Identifier.ValueText == parameter : position == index;
            if (found)
                return argument.Expression;

            position++;
        }

        return null;
    }
}
