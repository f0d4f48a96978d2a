using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds;

/// <summary>An attribute that has code emitted for the type it stands on. A kind is one folder (parse, model, emit) and one line in <see cref="All"/>.</summary>
internal abstract class EntityKind
{
    public static ImmutableArray<EntityKind> All { get; } = ImmutableArray.Create<EntityKind>(
        new RedisHash.RedisHashKind(),
        new RedisString.RedisStringKind(),
        new AtomicValue.AtomicValueKind(),
        new CacheAside.CacheAsideKind(),
        new Projection.ProjectionKind(),
        new Leaderboard.LeaderboardKind(),
        new Trending.TrendingKind(),
        new PeriodCounter.PeriodCounterKind(),
        new UniqueCounter.UniqueCounterKind(),
        new ActivityBitmap.ActivityBitmapKind());

    /// <summary>The metadata name of the attribute.</summary>
    public abstract string AttributeName { get; }

    /// <summary>Whether its keys have a hash tag in any case: where the template names none, the whole key is.</summary>
    public virtual bool TagsKeys => false;

    /// <summary>The templates of the keys that its store has beside a declaration's own, as far as the attribute says them.</summary>
    public virtual IEnumerable<KeyTemplate> KeysBeside(INamedTypeSymbol model, AttributeData attribute, KeyTemplate key) => [];

    /// <summary>Whether <c>[Expires]</c> on the type says something of what it stores.</summary>
    public virtual bool UsesExpires => false;

    /// <summary>The attributes of properties that tell it what is what.</summary>
    public virtual ImmutableArray<string> Marks => ImmutableArray<string>.Empty;

    /// <summary>Follows the type's name in the name of the emitted file, where another kind on the same type may emit one too.</summary>
    protected virtual string FileSuffix => "";

    /// <summary>The kind that an attribute declares, or null.</summary>
    public static EntityKind? Of(AttributeData attribute)
    {
        if (attribute.AttributeClass is not { ContainingType: null } type || !type.ContainingNamespace.Is(SymbolExtensions.OwnNamespace))
            return null;

        foreach (var kind in All)
        {
            if (kind.AttributeName.Length == SymbolExtensions.OwnNamespace.Length + 1 + type.MetadataName.Length
                && kind.AttributeName.EndsWith(type.MetadataName, StringComparison.Ordinal))
                return kind;
        }

        return null;
    }

    /// <summary>The kinds of a type, in the order of the list.</summary>
    public static IEnumerable<EntityKind> On(INamedTypeSymbol type)
    {
        var kinds = type.GetAttributes().Select(Of).OfType<EntityKind>().ToList();
        return All.Where(kinds.Contains);
    }

    /// <summary>Reads a declaration; null where it has an error. Runs in the generator and, with somebody to report to, in the definition analyzer.</summary>
    public abstract EntityModel? Parse(INamedTypeSymbol type, AttributeData attribute, ParseContext context);

    /// <summary>Reads a declaration and compares it with the user's half of the store; null where there is an error.</summary>
    public EntityModel? Declare(INamedTypeSymbol type, AttributeData attribute, ParseContext context)
    {
        if (Parse(type, attribute, context) is not { } model || context.HasErrors)
            return null;

        if (model.Store is { } store)
            OtherHalf.Check(type, store.Substring(store.LastIndexOfAny(['.', ':']) + 1), model.Identity.IsPublic, () => Emit(model), context);
        return context.HasErrors ? null : model;
    }

    /// <summary>The emitted file.</summary>
    public abstract string Emit(EntityModel model);

    /// <summary>
    /// What to declare for a declaration that has errors, as far as users write these types in signatures: without them the compiler stops at the missing
    /// types and never comes to the analyzer that says what is wrong.
    /// </summary>
    protected virtual IEnumerable<Shell> Shells(string stem) => [];

    /// <summary>The name under which tests find the kind's models among the generator's steps.</summary>
    public string TrackingName => GetType().Name;

    /// <summary>What the kind reads, one model per declaration.</summary>
    public IncrementalValuesProvider<EntityModel> Read(IncrementalGeneratorInitializationContext context) => context.SyntaxProvider
        .ForAttributeWithMetadataName(AttributeName, static (node, _) => node is TypeDeclarationSyntax, Parse)
        .Where(static model => model is not null)
        .Select(static (model, _) => model!)
        .WithTrackingName(TrackingName);

    /// <summary>Has the kind's files emitted, one per model.</summary>
    public void Register(IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<EntityModel> models)
        => context.RegisterSourceOutput(models, (output, model) => output.AddSource(
            $"{model.Identity.FileName}{FileSuffix}.g.cs",
            model is BrokenModel broken ? ShellEmitter.Emit(broken) : Emit(model)));

    /// <summary>The model as it is emitted where others have some of its types' names; null where nothing is left of it.</summary>
    public EntityModel? Settle(EntityModel model, EquatableArray<Clash> clashes)
    {
        if (clashes.FirstOrDefault(clash => clash.Model == model.FullName && All[clash.Kind] == this) is not { } clash)
            return model;

        var shells = model is BrokenModel broken
            ? broken.Shells
            : Shells(model.Identity.Stem).Select(shell => shell.Of(model.Identity, shell.IsPartial ? model.StoreModifier : model.Identity.Modifier + " "));
        return BrokenOf(model.Identity, shells.Where(shell => !clash.Types.Contains(shell.Type)));
    }

    private EntityModel? Parse(GeneratorAttributeSyntaxContext syntax, CancellationToken cancellationToken)
    {
        var type = (INamedTypeSymbol)syntax.TargetSymbol;
        if (type.Name.Length == 0 || !IsFirst(type, syntax))
            return null;

        var context = new ParseContext(syntax.SemanticModel.Compilation, report: null, cancellationToken);
        return Declare(type, syntax.Attributes[0], context) ?? Broken(type, syntax.Attributes[0], cancellationToken);
    }

    private bool IsAttribute(AttributeData attribute)
        => attribute.AttributeClass is { } type && $"{type.ContainingNamespace.ToDisplayString()}.{type.MetadataName}" == AttributeName;

    // Two parts of one type can carry the attribute, which the compiler reports. The type has one file all the same.
    private bool IsFirst(INamedTypeSymbol type, GeneratorAttributeSyntaxContext syntax)
        => type.GetAttributes().First(IsAttribute).ApplicationSyntaxReference is not { } first
            || (first.SyntaxTree == syntax.TargetNode.SyntaxTree && syntax.TargetNode.FullSpan.Contains(first.Span));

    private BrokenModel? Broken(INamedTypeSymbol type, AttributeData attribute, CancellationToken cancellationToken)
    {
        // Generic models have no name that a file could have.
        if (type.IsGenericType)
            return null;

        // Of two kinds on one type, the first in the list declares what both would.
        var identity = ModelIdentity.OfBroken(type, attribute);
        var taken = All.TakeWhile(kind => kind != this)
            .Where(kind => type.GetAttributes().Any(kind.IsAttribute))
            .SelectMany(kind => kind.Shells(identity.Stem));
        var free = Shells(identity.Stem)
            .Except(taken)
            .Where(shell => EmittedNames.IsFree(type, shell, cancellationToken))
            .Select(shell => shell.Of(identity, shell.IsPartial ? EmittedNames.Modifier(type, identity, shell.Name, cancellationToken) : identity.Modifier + " "));
        return BrokenOf(identity, free);
    }

    private static BrokenModel? BrokenOf(ModelIdentity identity, IEnumerable<(string Type, string Declaration)> shells)
        => shells.ToEquatableArray() is { IsEmpty: false } some ? new BrokenModel(identity, some) : null;
}
