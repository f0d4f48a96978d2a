using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.Measures;

/// <summary>The member: what is ranked or counted.</summary>
/// <param name="Parts">Its properties, in the order of their declaration: written like the parts of a key.</param>
internal sealed record ElementModel(EquatableArray<KeyPartModel> Parts)
{
    /// <summary>The type of a member: the property's own, or a tuple of several.</summary>
    public string Type => KeyPartModel.TypeOf(Parts);

    /// <summary>Whether it is a single integer that a long holds, or a <c>ulong</c>: what can be the number of a bit.</summary>
    public bool IsNumber => Parts.Count == 1 && Parts[0].Part.Kind is >= PartKind.SByte and <= PartKind.UInt64;
}
