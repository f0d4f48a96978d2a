using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Facets;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.RedisHash;

/// <summary><c>[RedisHash("user:{Id}")]</c>: one field per member.</summary>
internal sealed class RedisHashKind : EntityKind
{
    public const string Attribute = "RedisHashAttribute";

    // What a patch has besides the members.
    private static readonly string[] PatchMembers =
        ["IsEmpty", "IsAssigned", "Assign", "Write", "Equals", "GetHashCode", "GetType", "ToString", "ReferenceEquals", "MemberwiseClone", "Finalize"];

    public override string AttributeName => "TypedRedis." + Attribute;

    public override bool UsesExpires => true;

    public override EntityModel? Parse(INamedTypeSymbol type, AttributeData attribute, ParseContext context)
    {
        if (ModelIdentity.Parse(type, attribute, context) is not { } identity)
            return null;

        // The other kind reports the conflict.
        if (type.FindAttribute(RedisString.RedisStringKind.Attribute) is not null)
            context.Fail();

        var names = HashNames.Of(identity.Stem);
        EmittedNames.Check(type, identity, attribute, context, (names.Key, false), (names.Mapper, false), (names.Patch, false), (names.Repository, true));
        var expiry = ExpiresFacet.Parse(type, attribute, context);
        var key = KeyModel.Parse(names.Key, type, attribute, context);
        if (key is null || EntityMembers.Parse(type, key, context) is not { } entity)
            return null;

        if (type.FindAttribute(CacheAside.CacheAsideKind.Attribute) is null)
            ProtectionFacet.RefuseOnType(type, "the members of a hash are stored one by one; put it on the members that need it", context);
        CheckPatch(type, names.Patch, entity.Members, context);
        bool seesInternals = SeesInternals(context.Compilation);
        var indexes = new IndexParser(type, key, names, entity.Members, seesInternals, context).Parse();
        var evolution = Evolution.Parse(type, attribute, entity.Members.Any(static member => !member.FormerNames.IsEmpty), context);
        return context.HasErrors ? null : new HashModel(
            identity,
            key,
            names,
            entity.Members,
            entity.Construction,
            expiry,
            EmittedNames.Modifier(type, identity, names.Repository, context.CancellationToken),
            seesInternals,
            indexes,
            evolution);
    }

    protected override IEnumerable<Shell> Shells(string stem)
    {
        var names = HashNames.Of(stem);
        return [new(names.Key, "readonly struct"), new(names.Patch, "sealed class"), new(names.Repository, "partial class")];
    }

    public override string Emit(EntityModel model) => HashEmitter.Emit((HashModel)model);

    private static void CheckPatch(INamedTypeSymbol type, string patch, EquatableArray<MemberModel> members, ParseContext context)
    {
        foreach (var member in members)
        {
            if (Array.IndexOf(PatchMembers, member.Name) < 0 && member.Name != patch)
                continue;

            context.Report(
                Rules.EmittedName,
                ModelProperties.Find(type, member.Name)?.SourceLocation() ?? type.SourceLocation(),
                type.Name,
                $"{patch}.{member.Name}",
                "the patch has a member of that name itself; rename the property, and keep its field with [RedisField(\"…\")]");
        }
    }

    private static bool SeesInternals(Compilation compilation)
        => compilation.GetTypeByMetadataName("TypedRedis.HashPatch`1")?.ContainingAssembly.GivesAccessTo(compilation.Assembly) == true;
}
