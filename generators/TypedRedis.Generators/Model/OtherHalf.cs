using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Model;

/// <summary>Whether the user's half of an emitted class fits the emitted one. What does not fit would be an error in emitted code.</summary>
internal sealed class OtherHalf
{
    private static readonly SymbolDisplayFormat Signature = SymbolDisplayFormat.FullyQualifiedFormat
        .WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.ExpandValueTuple);

    private readonly INamedTypeSymbol _model;
    private readonly string _name;
    private readonly ParseContext _context;

    private OtherHalf(INamedTypeSymbol model, string name, ParseContext context)
    {
        _model = model;
        _name = name;
        _context = context;
    }

    /// <param name="name">The name of the class.</param>
    /// <param name="isPublic">Whether the emitted half is public.</param>
    /// <param name="emit">Writes the emitted file, for halves that say more than their name.</param>
    public static void Check(INamedTypeSymbol model, string name, bool isPublic, Func<string> emit, ParseContext context)
    {
        ClassDeclarationSyntax[] halves = [.. Of(model, name, context.CancellationToken)];
        if (halves.Length == 0)
            return;

        var check = new OtherHalf(model, name, context);
        foreach (var half in halves)
            check.CheckHead(half, isPublic);
        if (!context.HasErrors && halves.Any(static half => half.BaseList is not null || half.Members.Count > 0))
            check.CheckAgainst(emit(), halves);
    }

    /// <summary>The halves that are the user's.</summary>
    public static IEnumerable<ClassDeclarationSyntax> Of(INamedTypeSymbol model, string name, CancellationToken cancellationToken)
        => model.ContainingNamespace.GetTypeMembers(name, arity: 0)
            .Where(static type => !type.IsFileLocal)
            .SelectMany(static type => type.DeclaringSyntaxReferences)
            .Select(reference => reference.GetSyntax(cancellationToken))
            .OfType<ClassDeclarationSyntax>()
            .Where(static half => !IsEmitted(half));

    // The analyzer sees the emitted half too.
    private static bool IsEmitted(ClassDeclarationSyntax half)
        => half.AttributeLists.SelectMany(static list => list.Attributes).Any(static attribute
            => attribute.ArgumentList?.Arguments.FirstOrDefault()?.Expression is LiteralExpressionSyntax { Token.ValueText: SourceFile.ToolName });

    private void CheckHead(ClassDeclarationSyntax half, bool isPublic)
    {
        foreach (var modifier in half.Modifiers)
        {
            string? reason = modifier.Kind() switch
            {
                SyntaxKind.StaticKeyword => "it is static, and the other has instances; remove 'static'",
                SyntaxKind.AbstractKeyword => "it is abstract, and instances are made of the class; remove 'abstract'",
                SyntaxKind.SealedKeyword => "it is sealed, and the members of the other are virtual, for substitutes in unit tests; remove 'sealed'",
                SyntaxKind.PublicKeyword when !isPublic => $"it is public, and '{Names.Of(_model)}' is not; make it internal, or the model public",
                _ => null,
            };
            if (reason is not null)
                Report(modifier.GetLocation(), reason);
        }

        if (half.ParameterList is { } parameters)
            Report(parameters.GetLocation(), $"it has a primary constructor, which the constructors of the other do not call; let a class of yours have it, and what it takes");
    }

    private void CheckAgainst(string emitted, ClassDeclarationSyntax[] halves)
    {
        var options = (CSharpParseOptions)halves[0].SyntaxTree.Options;
        var tree = CSharpSyntaxTree.ParseText(emitted, options, cancellationToken: _context.CancellationToken);
        var other = tree.GetRoot(_context.CancellationToken).DescendantNodes().OfType<ClassDeclarationSyntax>().First(type => type.Identifier.ValueText == _name);
        var compilation = _context.Compilation.AddSyntaxTrees(tree);
        if (BaseOf(other, compilation) is { } @base)
        {
            foreach (var half in halves)
            {
                if (BaseOf(half, compilation) is { TypeKind: TypeKind.Class } another && !SymbolEqualityComparer.Default.Equals(another, @base))
                    Report(half.BaseList!.Types[0].GetLocation(), $"it derives from '{Names.Of(another)}', and the other from '{Names.Of(@base)}'; remove the base class");
            }
        }

        if (compilation.GetSemanticModel(tree).GetDeclaredSymbol(other, _context.CancellationToken) is not { } both)
            return;

        var taken = both.GetMembers().Where(member => StandsIn(member, [other])).ToLookup(static member => member.Name);
        foreach (var member in both.GetMembers().Where(member => StandsIn(member, halves)))
        {
            if (taken[member.Name].Any(one => Clash(one, member)))
                Report(member.Locations[0], $"the other has {Described(member)} too; give it {Remedy(member)}");
        }
    }

    private INamedTypeSymbol? BaseOf(ClassDeclarationSyntax half, Compilation compilation)
        => half.BaseList?.Types[0].Type is { } type ? compilation.GetSemanticModel(half.SyntaxTree).GetTypeInfo(type, _context.CancellationToken).Type as INamedTypeSymbol : null;

    private static bool StandsIn(ISymbol member, ClassDeclarationSyntax[] halves)
        => member is not IMethodSymbol { AssociatedSymbol: not null }
            && member.DeclaringSyntaxReferences.Any(reference => halves.Any(half => half.SyntaxTree == reference.SyntaxTree && half.Span.Contains(reference.Span)));

    private static bool Clash(ISymbol one, ISymbol other)
        => one is not IMethodSymbol method || other is not IMethodSymbol another
            || (method.Arity == another.Arity && method.Parameters.Select(Text).SequenceEqual(another.Parameters.Select(Text)));

    private static string Text(IParameterSymbol parameter) => (parameter.RefKind == RefKind.None ? "" : "&") + parameter.Type.ToDisplayString(Signature);

    private static string Described(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor } method => $"a constructor with {(method.Parameters.IsEmpty ? "no parameters" : "these parameters")}",
        IMethodSymbol => $"a method '{member.Name}' with these parameters, or a property of that name",
        _ => $"a member '{member.Name}'",
    };

    private static string Remedy(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor } => "other parameters",
        IMethodSymbol => "another name, or other parameters",
        _ => "another name",
    };

    private void Report(Location place, string reason) => _context.Report(Rules.OtherHalf, place, Names.Of(_model), _name, reason);
}
