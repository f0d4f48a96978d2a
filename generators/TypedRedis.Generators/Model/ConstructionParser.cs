using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;

namespace TypedRedis.Generators.Model;

/// <summary>A property that gets a value when an instance is made: from a part of the key, or from a field.</summary>
internal readonly struct Slot(IPropertySymbol property, string? keyPart, int field, MemberEncoding? encoding)
{
    public IPropertySymbol Property { get; } = property;

    public string? KeyPart { get; } = keyPart;

    public int Field { get; } = field;

    public MemberEncoding? Encoding { get; } = encoding;
}

/// <summary>Decides how instances are made: what goes through the constructor, what into the initializer, and what is set afterwards.</summary>
internal sealed class ConstructionParser(INamedTypeSymbol type, ConstructorChoice choice, INamespaceSymbol? home, ParseContext context)
{
    private readonly List<Assignment> _arguments = [];
    private readonly List<Assignment> _initializers = [];
    private readonly List<Assignment> _deferred = [];

    public ConstructionModel Parse(IReadOnlyList<Slot> slots)
    {
        CheckRequiredMembers(slots);
        AddArguments(slots);
        bool requiredByInitializer = !choice.SetsRequiredMembers;
        foreach (var slot in slots)
        {
            if (!choice.Feeds(slot.Property) || (slot.Property.IsRequired && requiredByInitializer))
                AddMember(slot);
        }

        return new ConstructionModel(_arguments.ToEquatableArray(), _initializers.ToEquatableArray(), _deferred.ToEquatableArray());
    }

    /// <summary>Why a property that only a constructor could set is not set.</summary>
    public static string WhyUnset(IPropertySymbol property)
        => property.FindSetter() is { } setter
            ? $"its setter is {(setter.DeclaredAccessibility == Accessibility.Private ? "private" : "not public")}, and no parameter of the constructor has its name and type; "
                + "make the setter init or set, add such a parameter, or mark it [RedisIgnore]"
            : "it has no setter, and no parameter of the constructor has its name and type; give it an init accessor, add such a parameter, or mark it [RedisIgnore]";

    private void AddArguments(IReadOnlyList<Slot> slots)
    {
        bool named = false;
        for (int i = 0; i < choice.Properties.Length; i++)
        {
            var parameter = choice.Constructor.Parameters[i];
            var slot = slots.FirstOrDefault(candidate => SymbolEqualityComparer.Default.Equals(candidate.Property, choice.Properties[i]));
            if (choice.Properties[i] is null || slot.Property is null)
            {
                // Left to its default value: what follows must be named.
                named = true;
                continue;
            }

            string target = named ? Identifiers.Escape(parameter.Name) : "";
            string? absent =
                slot.Property.Type.CanBeNull() ? parameter.Type.CanBeNull() ? "null" : "null!"
                : parameter.HasExplicitDefaultValue ? Default(parameter)
                : null;
            _arguments.Add(new Assignment(target, slot.KeyPart, slot.Field, slot.Encoding, absent));
        }
    }

    private void AddMember(Slot slot)
    {
        var property = slot.Property;
        string target = Identifiers.Escape(property.Name);
        if (slot.KeyPart is not null || property.Type.CanBeNull() || property.IsRequired)
        {
            _initializers.Add(new Assignment(target, slot.KeyPart, slot.Field, slot.Encoding, property.Type.CanBeNull() ? "null" : null));
        }
        else if (StartsAtDefault(property))
        {
            _initializers.Add(new Assignment(target, null, slot.Field, slot.Encoding, property.Type.IsValueType ? "default" : "default!"));
        }
        else
        {
            var setter = property.FindSetter()!;
            var accessor = setter.IsInitOnly ? SetterParser.Parse(property, setter, home, IsTaken) : null;
            _deferred.Add(new Assignment(target, null, slot.Field, slot.Encoding, null, accessor));
        }
    }

    // Only where the accessors stand in the user's own type, a projection, can a name be taken; elsewhere it costs nothing to stay clear of it.
    private bool IsTaken(string name) => type.SelfAndBases().Any(current => !current.GetMembers(name).IsEmpty);

    /// <summary>
    /// Whether the declaration shows that the member has its type's default when the constructor is done. Where it does not (an initializer, an accessor with a
    /// body, a constructor with a body, another assembly), an absent field must leave the member alone.
    /// </summary>
    private bool StartsAtDefault(IPropertySymbol property)
    {
        if (!context.IsOurs(property) || property.DeclaringSyntaxReferences.Length != 1)
            return false;
        if (property.DeclaringSyntaxReferences[0].GetSyntax(context.CancellationToken) is not PropertyDeclarationSyntax { Initializer: null } declaration || !ConstructorChoice.IsAuto(declaration))
            return false;

        foreach (var current in type.SelfAndBases())
        {
            if (current.InstanceConstructors.Any(constructor => constructor.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(context.CancellationToken) is ConstructorDeclarationSyntax)
                && (!SymbolEqualityComparer.Default.Equals(current, type) || SymbolEqualityComparer.Default.Equals(constructor, choice.Constructor))))
            {
                return false;
            }

            if (SymbolEqualityComparer.Default.Equals(current, property.ContainingType))
                return true;
        }

        return true;
    }

    // What an instance cannot be made without.
    private void CheckRequiredMembers(IReadOnlyList<Slot> slots)
    {
        if (choice.SetsRequiredMembers)
            return;

        foreach (var member in type.SelfAndBases().SelectMany(static current => current.GetMembers()))
        {
            bool required = member is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true };
            if (required && !slots.Any(slot => slot.Property.Name == member.Name))
            {
                context.Report(
                    Rules.NoConstructor,
                    member.SourceLocation() ?? type.SourceLocation(),
                    type.Name,
                    $"'{member.Name}' is required but not stored; remove 'required', or make it a member that is stored");
            }
        }
    }

    private string Default(IParameterSymbol parameter)
    {
        object? value = parameter.ExplicitDefaultValue;
        if (value is not null && parameter.Type.TypeKind == TypeKind.Enum)
        {
            var constant = parameter.Type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(field => field.HasConstantValue && value.Equals(field.ConstantValue));
            return constant is null
                ? $"({TypeNames.Of(parameter.Type, home)})({Literals.Constant(value)})"
                : $"{TypeNames.Of(parameter.Type, home: null)}.{Identifiers.Escape(constant.Name)}";
        }

        return Literals.Constant(value) ?? (parameter.Type.IsValueType ? "default" : "default!");
    }
}
