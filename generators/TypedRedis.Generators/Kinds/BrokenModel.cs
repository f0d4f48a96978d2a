using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds;

/// <summary>A declaration that has errors, of which only the types that users write in signatures are declared.</summary>
internal sealed record BrokenModel(ModelIdentity Identity, EquatableArray<string> Declarations)
    : EntityModel(Identity, Key: null, EmittedTypes: new string[0].ToEquatableArray(), Store: null);

/// <summary>A type to declare for a broken declaration.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is: <c>struct</c>, <c>sealed class</c>, <c>partial class</c>.</param>
internal readonly record struct Shell(string Name, string Kind)
{
    /// <summary>Whether a user may declare another half of it.</summary>
    public bool IsPartial => Kind.StartsWith("partial", StringComparison.Ordinal);

    public string Declaration => $"{Kind} {Name}";
}
