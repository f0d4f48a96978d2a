using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Facets;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.AtomicValue;

/// <summary><c>[AtomicValue("stock:{Sku}")]</c>: one value per key, changed in atomic steps.</summary>
internal sealed class AtomicValueKind : EntityKind
{
    public override string AttributeName => "TypedRedis.AtomicValueAttribute";

    protected override string FileSuffix => "-value";

    public override bool UsesExpires => true;

    public override EntityModel? Parse(INamedTypeSymbol type, AttributeData attribute, ParseContext context)
    {
        if (ModelIdentity.Parse(type, attribute, context) is not { } identity)
            return null;

        var names = AtomicValueNames.Of(identity.Stem);
        EmittedNames.Check(type, identity, attribute, context, (names.Key, false), (names.Mapper, false), (names.Store, true));
        var expiry = ExpiresFacet.Parse(type, attribute, context);
        var key = KeyModel.Parse(names.Key, type, attribute, context);
        if (key is null || new ValueParser(type, attribute, key, context).Parse() is not { } value)
            return null;

        return context.HasErrors
            ? null
            : new AtomicValueModel(identity, key, names, value, expiry, EmittedNames.Modifier(type, identity, names.Store, context.CancellationToken));
    }

    protected override IEnumerable<Shell> Shells(string stem)
    {
        var names = AtomicValueNames.Of(stem);
        return [new(names.Key, "readonly struct"), new(names.Store, "partial class")];
    }

    public override string Emit(EntityModel model) => AtomicValueEmitter.Emit((AtomicValueModel)model);
}
