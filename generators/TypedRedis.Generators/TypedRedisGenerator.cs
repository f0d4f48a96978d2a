using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Kinds;
using TypedRedis.Generators.Kinds.LuaScript;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators;

/// <summary>Emits keys, mappers and stores for annotated models: a file per model, one per member with a script, and one that registers the stores for dependency injection.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class TypedRedisGenerator : IIncrementalGenerator
{
    /// <summary>The name of the step that gathers the names of the stores.</summary>
    internal const string StoresStep = "Stores";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var models = EntityKind.All.Select(kind => kind.Read(context)).ToArray();
        var claims = context.CompilationProvider.Select(static (_, _) => ImmutableArray<Claim>.Empty);
        for (int i = 0; i < models.Length; i++)
        {
            int kind = i;
            var ofKind = models[kind].Select((model, _) => Claim.Of(kind, model)).Collect();
            claims = claims.Combine(ofKind).Select(static (pair, _) => pair.Left.AddRange(pair.Right));
        }

        var clashes = claims.Select(static (claims, _) => Claim.Clashes(claims).ToEquatableArray());
        var stores = context.CompilationProvider.Select(static (_, _) => ImmutableArray<string>.Empty);
        for (int i = 0; i < models.Length; i++)
        {
            var kind = EntityKind.All[i];
            var settled = models[i].Combine(clashes)
                .Select((pair, _) => kind.Settle(pair.Left, pair.Right))
                .Where(static model => model is not null)
                .Select(static (model, _) => model!);
            kind.Register(context, settled);
            var ofKind = settled
                .Select(static (model, _) => model.Store)
                .Where(static store => store is not null)
                .Select(static (store, _) => store!)
                .Collect();
            stores = stores.Combine(ofKind).Select(static (pair, _) => pair.Left.AddRange(pair.Right));
        }

        LuaScriptKind.Register(context);

        var names = stores
            .Select(static (names, _) => names.OrderBy(static name => name, StringComparer.Ordinal).ToEquatableArray())
            .WithTrackingName(StoresStep);
        var target = context.CompilationProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select(static (pair, _) => RegistrationTarget.Of(pair.Left, pair.Right.GlobalOptions));
        context.RegisterSourceOutput(names.Combine(target), static (output, pair) =>
        {
            if (pair.Right is { } target && !pair.Left.IsEmpty)
                output.AddSource("TypedRedis.ServiceCollectionExtensions.g.cs", RegistrationEmitter.Emit(target, pair.Left));
        });
    }
}
