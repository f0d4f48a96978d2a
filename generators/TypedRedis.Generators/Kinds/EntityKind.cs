using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds;

/// <summary>An attribute that has code emitted for the type it stands on. A kind is one folder (parse, model, emit) and one line in <see cref="All"/>.</summary>
internal abstract class EntityKind
{
    public static ImmutableArray<EntityKind> All { get; } = ImmutableArray.Create<EntityKind>(
        new RedisHash.RedisHashKind(),
        new RedisString.RedisStringKind(),
        new Projection.ProjectionKind());

    /// <summary>The metadata name of the attribute.</summary>
    public abstract string AttributeName { get; }

    /// <summary>Follows the type's name in the name of the emitted file, where another kind on the same type may emit one too.</summary>
    protected virtual string FileSuffix => "";

    /// <summary>Reads a declaration; null where it has an error. Runs in the generator and, with somebody to report to, in the definition analyzer.</summary>
    public abstract EntityModel? Parse(INamedTypeSymbol type, AttributeData attribute, ParseContext context);

    /// <summary>The emitted file.</summary>
    public abstract string Emit(EntityModel model);

    /// <summary>The name under which tests find the kind's models among the generator's steps.</summary>
    public string TrackingName => GetType().Name;

    /// <summary>Has the kind's files emitted, one per declaration.</summary>
    public IncrementalValuesProvider<EntityModel> Register(IncrementalGeneratorInitializationContext context)
    {
        var models = context.SyntaxProvider
            .ForAttributeWithMetadataName(AttributeName, static (node, _) => node is TypeDeclarationSyntax, Parse)
            .Where(static model => model is not null)
            .Select(static (model, _) => model!)
            .WithTrackingName(TrackingName);
        context.RegisterSourceOutput(models, (output, model) => output.AddSource($"{model.Identity.FileName}{FileSuffix}.g.cs", Emit(model)));
        return models;
    }

    private EntityModel? Parse(GeneratorAttributeSyntaxContext syntax, CancellationToken cancellationToken)
    {
        var context = new ParseContext(syntax.SemanticModel.Compilation, report: null, cancellationToken);
        var model = Parse((INamedTypeSymbol)syntax.TargetSymbol, syntax.Attributes[0], context);
        return context.HasErrors ? null : model;
    }
}
