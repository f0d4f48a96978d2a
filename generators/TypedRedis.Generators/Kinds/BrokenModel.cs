using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds;

/// <summary>A declaration that has errors, of which only the types that users write in signatures are declared.</summary>
/// <param name="Shells">The full names of the types, and their declarations.</param>
internal sealed record BrokenModel(ModelIdentity Identity, EquatableArray<(string Type, string Declaration)> Shells)
    : EntityModel(Identity, Key: null, Shells.Select(static shell => shell.Type).ToEquatableArray(), Store: null, StoreModifier: "");

/// <summary>A type to declare for a broken declaration.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is: <c>struct</c>, <c>sealed class</c>, <c>partial class</c>.</param>
internal readonly record struct Shell(string Name, string Kind)
{
    /// <summary>Whether a user may declare another half of it.</summary>
    public bool IsPartial => Kind.StartsWith("partial", StringComparison.Ordinal);

    /// <param name="modifier">The accessibility and a space, or nothing.</param>
    public (string Type, string Declaration) Of(ModelIdentity identity, string modifier) => (identity.Qualify(Name), $"{modifier}{Kind} {Name}");
}
