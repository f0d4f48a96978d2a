using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.CacheAside;

/// <summary>
/// Decides how readers in one process get the entities of its own level: one instance for all where nothing that it holds can be changed; a copy for each where its members are
/// immutable and it is not; else one that is read from the JSON for each.
/// </summary>
/// <remarks>
/// Immutable are the values in the list below, collections of immutable elements that are immutable themselves, and sealed types and structs of the same assembly all of whose fields are,
/// private ones too. Arrays, interfaces, classes that others may derive from and types of other assemblies are not: what they hold is not seen.
/// </remarks>
internal sealed class InstanceParser
{
    private static readonly (string Namespace, string[] Names)[] Values =
    [
        ("System", ["DateOnly", "TimeOnly", "DateTimeOffset", "TimeSpan", "Guid", "Half", "Int128", "UInt128", "Uri", "Version", "Index", "Range"]),
        ("System.Numerics", ["BigInteger", "Complex"]),
        ("System.Text", ["Rune"]),
    ];

    // Immutable where their type arguments are.
    private static readonly (string Namespace, string[] Names)[] Containers =
    [
        ("System", ["ValueTuple", "Tuple"]),
        ("System.Collections.Generic", ["KeyValuePair"]),
        ("System.Collections.Frozen", ["FrozenDictionary", "FrozenSet"]),
        ("System.Collections.Immutable", ["ImmutableArray", "ImmutableDictionary", "ImmutableHashSet", "ImmutableList", "ImmutableQueue", "ImmutableSortedDictionary", "ImmutableSortedSet", "ImmutableStack"]),
    ];

    private readonly ParseContext _context;

    private static readonly Fault NotSealed = new("", "is not sealed");

    // A type that is met again while it is looked at is no obstacle by itself.
    private readonly HashSet<ITypeSymbol> _seen = new(SymbolEqualityComparer.Default);

    private InstanceParser(ParseContext context) => _context = context;

    public static Instances Parse(INamedTypeSymbol type, bool isShared, ParseContext context)
    {
        if (isShared)
            return new Instances(InstanceKind.Shared, "declared", default);
        if (new InstanceParser(context).Obstacle(type) is not { } obstacle)
            return new Instances(InstanceKind.Shared, "immutable", default);

        var parser = new InstanceParser(context);
        return parser.ObstacleToCopy(type) is { } toCopy ? new Instances(InstanceKind.Decoded, toCopy.ToString(), default)
            : type.IsRecord ? new Instances(InstanceKind.Cloned, obstacle.ToString(), default)
            : parser.Copied(type) is { } copied ? new Instances(InstanceKind.Cloned, obstacle.ToString(), copied.ToEquatableArray())
            : new Instances(InstanceKind.Decoded, obstacle.ToString(), default);
    }

    private static bool IsAmong((string Namespace, string[] Names)[] types, INamedTypeSymbol type)
        => type.ContainingType is null && types.Any(group => Array.IndexOf(group.Names, type.Name) >= 0 && type.ContainingNamespace.Is(group.Namespace));

    // Why an instance of the type can be changed, or null.
    private Fault? Obstacle(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            return Obstacle(nullable.TypeArguments[0]);
        if (type.TypeKind == TypeKind.Enum || type.SpecialType is (>= SpecialType.System_Boolean and <= SpecialType.System_String) or SpecialType.System_DateTime)
            return null;
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, SpecialType: SpecialType.None, IsRefLikeType: false } named)
            return Is(type);
        if (IsAmong(Values, named))
            return null;
        if (IsAmong(Containers, named))
            return named.TypeArguments.Any(argument => Obstacle(argument) is not null) ? Is(type) : null;
        if (!_context.IsOurs(named))
            return Is(type);
        if (!named.IsSealed)
            return NotSealed;
        if (!_seen.Add(named))
            return null;

        return Uncheckable(named) ?? Changeable(named) ?? Fields(named).Select(Obstacle).FirstOrDefault(static obstacle => obstacle is not null);
    }

    private static Fault Is(ITypeSymbol type) => new("", $"is {(type.TypeKind == TypeKind.Array ? "an array" : $"of type {TypeNames.ForPeople(type.WithoutNull())}")}");

    private Fault? Obstacle(IFieldSymbol field) => Obstacle(field.Type)?.Of((field.AssociatedSymbol ?? field).Name);

    // A struct is copied by everybody who gets it; what it holds counts alone.
    private static Fault? Changeable(INamedTypeSymbol type)
    {
        if (type.IsValueType)
            return null;

        foreach (var member in type.SelfAndBases().Reverse().SelectMany(static current => current.GetMembers()))
        {
            bool canBeSet = !member.IsStatic && member switch
            {
                IPropertySymbol { SetMethod: { IsInitOnly: false } } => true,
                IFieldSymbol { IsReadOnly: false, AssociatedSymbol: null } => true,
                IEventSymbol => true,
                _ => false,
            };
            if (canBeSet)
                return new Fault(member.Name, "can be set");
        }

        return null;
    }

    // What of a type of this assembly cannot be seen in its fields.
    private Fault? Uncheckable(INamedTypeSymbol type)
    {
        foreach (var current in type.SelfAndBases().Where(static current => current.SpecialType != SpecialType.System_ValueType))
        {
            if (!_context.IsOurs(current))
                return new Fault("", $"is a {TypeNames.ForPeople(current)}");
            if (CapturesParameters(current))
                return new Fault("", "keeps a parameter of its constructor");
        }

        return null;
    }

    private static IEnumerable<IFieldSymbol> Fields(INamedTypeSymbol type)
        => type.SelfAndBases().Reverse().SelectMany(static current => current.GetMembers()).OfType<IFieldSymbol>().Where(static field => !field.IsStatic);

    // The field of a parameter that methods use is no member. Names that only look like one count too.
    private bool CapturesParameters(INamedTypeSymbol type)
    {
        if (type.IsRecord || type.InstanceConstructors.FirstOrDefault(ConstructorChoice.IsPrimaryConstructor) is not { } constructor)
            return false;

        var names = new HashSet<string>(constructor.Parameters.Select(static parameter => parameter.Name), StringComparer.Ordinal);
        return type.DeclaringSyntaxReferences
            .Select(reference => reference.GetSyntax(_context.CancellationToken))
            .OfType<TypeDeclarationSyntax>()
            .SelectMany(static declaration => declaration.Members)
            .SelectMany(static member => member.DescendantNodes(static node => node is not EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax or VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax } }))
            .OfType<IdentifierNameSyntax>()
            .Any(name => names.Contains(name.Identifier.ValueText));
    }

    // Why a copy of the fields would share something that can be changed; or null.
    private Fault? ObstacleToCopy(INamedTypeSymbol type)
    {
        if (!type.IsSealed)
            return NotSealed;

        _seen.Add(type);
        return Uncheckable(type)
            ?? (type.SelfAndBases().Any(static current => current.GetMembers().OfType<IEventSymbol>().Any(static member => !member.IsStatic)) ? new Fault("", "has an event") : null)
            ?? (type.SelfAndBases().Any(static current => current.InstanceConstructors.Any(constructor => IsCopyConstructor(constructor, current) && !constructor.IsImplicitlyDeclared)) ? new Fault("", "has a copy constructor of its own") : null)
            ?? Fields(type).Select(Obstacle).FirstOrDefault(static obstacle => obstacle is not null);
    }

    private static bool IsCopyConstructor(IMethodSymbol constructor, INamedTypeSymbol type)
        => type.IsRecord && constructor.Parameters.Length == 1 && SymbolEqualityComparer.Default.Equals(constructor.Parameters[0].Type, type);

    // The properties of a class that a copy sets; null where a copy needs more than these.
    private List<string>? Copied(INamedTypeSymbol type)
    {
        if (!type.InstanceConstructors.Any(constructor => constructor.Parameters.Length == 0 && _context.IsAccessible(constructor)))
            return null;

        var properties = ModelProperties.Of(type);
        var copied = new List<string>();
        foreach (var field in Fields(type))
        {
            if (field.AssociatedSymbol is not IPropertySymbol property
                || !properties.Contains(property, SymbolEqualityComparer.Default)
                || property.SetMethod is not { } setter
                || !_context.IsAccessible(setter)
                || !property.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(_context.CancellationToken) is PropertyDeclarationSyntax declaration && ConstructorChoice.IsAuto(declaration)))
            {
                return null;
            }

            copied.Add(Identifiers.Escape(property.Name));
        }

        return copied.Count == 0 ? null : copied;
    }

    // What is wrong, and with which member of the type; with the type itself where the path is empty.
    private sealed record Fault(string Path, string What)
    {
        public Fault Of(string member) => this with { Path = Path.Length == 0 ? member : $"{member}.{Path}" };

        public override string ToString() => Path.Length == 0 ? "it " + What : $"{Path} {What}";
    }
}
