using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Facets;
using TypedRedis.Generators.Kinds.RedisHash;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.RedisString;

/// <summary><c>[RedisString("user:{Id}")]</c>: the whole model as one JSON value.</summary>
internal sealed class RedisStringKind : EntityKind
{
    public const string Attribute = "RedisStringAttribute";

    public override string AttributeName => "TypedRedis." + Attribute;

    public override bool UsesExpires => true;

    public override EntityModel? Parse(INamedTypeSymbol type, AttributeData attribute, ParseContext context)
    {
        if (ModelIdentity.Parse(type, attribute, context) is not { } identity)
            return null;

        if (type.FindAttribute(RedisHash.RedisHashKind.Attribute) is not null)
            context.Report(Rules.ConflictingKinds, LiteralLocation.Of(attribute, context.CancellationToken), type.Name, "RedisHash", "RedisString");

        var names = StringNames.Of(identity.Stem);
        EmittedNames.Check(type, identity, attribute, context, (names.Key, false), (names.Mapper, false), (names.Repository, true));
        var expiry = ExpiresFacet.Parse(type, attribute, context);
        string? json = JsonFacet.ContextOfModel(attribute, type, AssemblyDefaults.Of(type.ContainingAssembly), context);
        foreach (var index in type.FindAttributes(IndexParser.Attribute))
            context.Report(Rules.FacetWithoutEffect, LiteralLocation.Of(index, context.CancellationToken), type.Name, "RedisIndex", "Redis sees no member of a model that is written as one JSON value; store it with [RedisHash], or remove the attribute");
        foreach (var property in type.SelfAndBases().SelectMany(static current => current.GetMembers()).OfType<IPropertySymbol>())
        {
            MemberFacets.Of(property).ReportWithoutEffect(
                property,
                type.Name,
                "the model is written as one JSON value; remove it, use the serializer's own attributes, or store the model with [RedisHash]",
                andIgnore: true,
                context,
                ofProtected: "the model is written as one JSON value; put it on the model, of which it then treats that value, or store the model with [RedisHash]");
        }

        var protection = ProtectionFacet.OfValue(type, context);
        var key = KeyModel.Parse(names.Key, type, attribute, context);
        return key is null || context.HasErrors
            ? null
            : new StringModel(identity, key, names, json, protection, expiry, EmittedNames.Modifier(type, identity, names.Repository, context.CancellationToken));
    }

    protected override IEnumerable<Shell> Shells(string stem)
    {
        var names = StringNames.Of(stem);
        return [new(names.Key, "readonly struct"), new(names.Repository, "partial class")];
    }

    public override string Emit(EntityModel model) => StringEmitter.Emit((StringModel)model);
}
