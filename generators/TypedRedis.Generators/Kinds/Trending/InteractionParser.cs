using System.Globalization;
using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Kinds.Measures;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.Trending;

/// <summary>Reads the property with <c>[Interaction]</c>, and the weights of its enum.</summary>
internal static class InteractionParser
{
    public const string Interaction = "InteractionAttribute";

    private const string Weight = "WeightAttribute";
    private const double Heaviest = 1e12;

    private static readonly string[] MapperNames = ["Schema", "KeyOf", "MemberOf", "WriteMember", "ReadMember", "WeightOf", "entity"];

    /// <summary>The weights; null where all interactions count alike, or where there is an error.</summary>
    public static InteractionModel? Parse(Declaration declaration)
    {
        var (type, context) = (declaration.Type, declaration.Context);
        var marked = ElementParser.Marked(declaration, Interaction, Refuse).ToList();
        if (marked.Count == 0)
            return null;

        var property = marked[0];
        if (marked.Count > 1)
            Refuse(marked[1], $"'{property.Name}' is already; remove [Interaction] from one of them");
        if (property.Type.TypeKind == TypeKind.Error)
        {
            context.Fail();
            return null;
        }

        if (property.Type is not INamedTypeSymbol { TypeKind: TypeKind.Enum } kinds)
        {
            Refuse(property, property.Type.WithoutNull().TypeKind == TypeKind.Enum
                ? $"it can be null; make it '{TypeNames.ForPeople(property.Type.WithoutNull())}'"
                : $"it is of type '{TypeNames.ForPeople(property.Type)}'; make it an enum whose members have [Weight]");
            return null;
        }

        var constants = ConstantsOf(kinds);
        var unweighed = constants.Where(static constant => constant.FindAttribute(Weight) is null).Select(static constant => $"'{constant.Name}'").ToList();
        if (constants.Count == 0 || unweighed.Count > 0)
        {
            Refuse(property, constants.Count == 0
                ? $"'{kinds.Name}' has no members; add some with [Weight]"
                : $"{string.Join(", ", unweighed)} of '{kinds.Name}' {(unweighed.Count == 1 ? "has" : "have")} no [Weight]; give each member one, such as [Weight(1)]");
            return null;
        }

        return new InteractionModel(Identifiers.Escape(property.Name), TypeNames.Of(kinds, IsHidden(kinds) ? null : type.ContainingNamespace), kinds.Name, Weights(kinds, constants, context));

        void Refuse(IPropertySymbol property, string why)
            => context.Report(Rules.Interaction, property.SourceLocation() ?? declaration.TypeLocation, type.Name, property.Name, why);
    }

    /// <summary>The kinds of interaction that emitted code names.</summary>
    public static IEnumerable<IFieldSymbol> Constants(Declaration declaration)
        => ModelProperties.Of(declaration.Type).Find(static property => property.FindInheritedAttribute(Interaction) is not null)?.Type is INamedTypeSymbol { TypeKind: TypeKind.Enum } kinds ? ConstantsOf(kinds) : [];

    private static List<IFieldSymbol> ConstantsOf(INamedTypeSymbol kinds) => kinds.GetMembers().OfType<IFieldSymbol>().Where(static field => field.HasConstantValue).ToList();

    // Whether the bare name would mean a member of the mapper, or the parameter.
    private static bool IsHidden(INamedTypeSymbol kinds)
    {
        while (kinds.ContainingType is { } outer)
            kinds = outer;
        return Array.IndexOf(MapperNames, kinds.Name) >= 0;
    }

    // Of several names for one value, the first stands for it.
    private static EquatableArray<WeightModel> Weights(INamedTypeSymbol kinds, List<IFieldSymbol> constants, ParseContext context)
    {
        var weights = new Dictionary<object, WeightModel>();
        var inOrder = new List<WeightModel>();
        foreach (var constant in constants)
        {
            var attribute = constant.FindAttribute(Weight)!;
            if (attribute.Argument(0) is not double weight)
            {
                // The compiler says so.
                context.Fail();
                continue;
            }

            if (!(weight is > 0 and <= Heaviest))
                Refuse($"its weight is {weight.ToString(CultureInfo.InvariantCulture)}, and weights are numbers above 0, at most 1000000000000");
            else if (weights.TryGetValue(constant.ConstantValue!, out var same) && same.Weight != weight)
                Refuse($"it is the same value as '{same.Name}', which has another weight; give both the same");
            if (weights.ContainsKey(constant.ConstantValue!))
                continue;

            var model = new WeightModel(constant.Name, weight);
            weights.Add(constant.ConstantValue!, model);
            inOrder.Add(model);

            void Refuse(string why) => context.Report(Rules.InteractionWeight, LiteralLocation.OfArgument(attribute, 0, context.CancellationToken), kinds.Name, constant.Name, why);
        }

        return inOrder.ToEquatableArray();
    }
}
