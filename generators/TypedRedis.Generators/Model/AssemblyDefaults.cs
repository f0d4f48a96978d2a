using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Emit;

namespace TypedRedis.Generators.Model;

/// <summary>What <c>[assembly: RedisDefaults]</c> of the model's assembly says.</summary>
internal sealed class AssemblyDefaults
{
    private readonly AttributeData? _attribute;

    private AssemblyDefaults(AttributeData? attribute)
    {
        _attribute = attribute;
        Naming = attribute?.NamedArgument("FieldNaming") is int naming ? (FieldNaming)naming : FieldNaming.SnakeCase;
        JsonContext = attribute?.NamedArgument("JsonContext") as ITypeSymbol;
    }

    // The members of TypedRedis.FieldNaming.
    private enum FieldNaming
    {
        SnakeCase,
        CamelCase,
        AsDeclared,
    }

    public ITypeSymbol? JsonContext { get; }

    public AttributeData Attribute => _attribute ?? throw new InvalidOperationException("The assembly declares no defaults.");

    private FieldNaming Naming { get; }

    public static AssemblyDefaults Of(IAssemblySymbol assembly) => new(assembly.FindAttribute("RedisDefaultsAttribute"));

    public string FieldName(string member) => Naming switch
    {
        FieldNaming.CamelCase => Identifiers.CamelCase(member),
        FieldNaming.AsDeclared => member,
        _ => Identifiers.SnakeCase(member),
    };
}
