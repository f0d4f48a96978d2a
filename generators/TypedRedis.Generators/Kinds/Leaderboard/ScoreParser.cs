using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Kinds.Measures;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.Leaderboard;

/// <summary>Reads the property with <c>[Score]</c>.</summary>
internal static class ScoreParser
{
    public const string Score = "ScoreAttribute";

    /// <summary>The score, or null where there is an error.</summary>
    public static ScoreModel? Parse(Declaration declaration)
    {
        var (type, context) = (declaration.Type, declaration.Context);
        bool isRefused = false;
        var marked = ElementParser.Marked(declaration, Score, Refuse).ToList();
        if (marked.Count == 0)
        {
            if (!isRefused)
                context.Report(Rules.OneScore, declaration.TypeLocation, type.Name, "it has none; mark an int, a long, a double or a TimeSpan");
            return null;
        }

        var property = marked[0];
        if (marked.Count > 1)
            context.Report(Rules.OneScore, marked[1].SourceLocation() ?? declaration.TypeLocation, type.Name, $"it has '{property.Name}' and '{marked[1].Name}'; leave one, or declare a second leaderboard on a model of its own");
        if (property.Type.TypeKind == TypeKind.Error)
        {
            context.Fail();
            return null;
        }

        if (property.FindInheritedAttribute(MeasureKind.Member) is not null)
            Refuse(property, "it is the member; rank by another property");
        else if (declaration.IsPart(property))
            Refuse(property, "it is a part of the key, which all members of a board have in common; rank by another property");
        else if (KindOf(property.Type) is { } kind)
            return new ScoreModel(property.Name, Identifiers.Escape(property.Name), TypeNames.Of(property.Type, type.ContainingNamespace), kind);
        else
            Refuse(property, FaultOf(property.Type));
        return null;

        void Refuse(IPropertySymbol property, string why)
        {
            isRefused = true;
            context.Report(Rules.ScoreType, property.SourceLocation() ?? declaration.TypeLocation, type.Name, property.Name, TypeNames.ForPeople(property.Type), why);
        }
    }

    private static ScoreKind? KindOf(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Int32 => ScoreKind.Int32,
        SpecialType.System_Int64 => ScoreKind.Int64,
        SpecialType.System_Double => ScoreKind.Double,
        _ => type.Is("System", "TimeSpan") ? ScoreKind.TimeSpan : null,
    };

    private static string FaultOf(ITypeSymbol type)
    {
        if (type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return $"who has no score is not on the board; make it '{TypeNames.ForPeople(type.WithoutNull())}'";
        return type.SpecialType switch
        {
            SpecialType.System_Decimal => "Redis keeps scores as 64-bit floating point numbers, which hold few decimals exactly; make it a long of the smallest unit, such as cents, or a double",
            SpecialType.System_Single => "its digits are others as a double; make it a double",
            SpecialType.System_SByte or SpecialType.System_Byte or SpecialType.System_Int16 or SpecialType.System_UInt16 => "make it an int",
            SpecialType.System_UInt32 or SpecialType.System_UInt64 => "make it a long",
            SpecialType.System_DateTime => "make it a long of its ticks, or of the milliseconds since a date",
            _ => type.Is("System", "DateTimeOffset") ? "make it a long of its ticks, or of the milliseconds since a date" : "make it an int, a long, a double or a TimeSpan",
        };
    }
}
