using System.Globalization;
using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.RedisHash;

/// <summary>What a model says of its version.</summary>
/// <param name="Version">The version, or 0 where none is declared.</param>
/// <param name="Upgrade">The type that upgrades older entities, as emitted code writes it; or null.</param>
/// <param name="UpgradeName">The same for people.</param>
internal sealed record Evolution(int Version, string? Upgrade, string? UpgradeName)
{
    /// <summary>Reads the attribute's <c>Version</c> and <c>Upgrade</c>.</summary>
    /// <param name="isRenamed">Whether a member has former names.</param>
    public static Evolution Parse(INamedTypeSymbol model, AttributeData attribute, bool isRenamed, ParseContext context)
    {
        int version = attribute.NamedArgument("Version") is int declared ? declared : 0;
        if (version < 1 && attribute.NamedArgument("Version") is not null)
            context.Report(Rules.ModelVersion, LiteralLocation.OfNamedArgument(attribute, "Version", context.CancellationToken), model.Name, version.ToString(CultureInfo.InvariantCulture));
        if (attribute.NamedArgument("Upgrade") is not ITypeSymbol upgrade)
        {
            if (version > 1 && !isRenamed)
                context.Report(Rules.VersionWithoutUpgrade, LiteralLocation.OfNamedArgument(attribute, "Version", context.CancellationToken), model.Name, version.ToString(CultureInfo.InvariantCulture));
            return new Evolution(version, null, null);
        }

        if (upgrade.TypeKind == TypeKind.Error)
        {
            context.Fail();
            return new Evolution(version, null, null);
        }

        string wanted = $"IModelUpgrade<{TypeNames.ForPeople(model)}>";
        string? reason =
            upgrade is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, IsRefLikeType: false } named ? $"it must be a class or a struct that implements {wanted}"
            : named.IsUnboundGenericType ? "it is an open generic type; give its type arguments"
            : !named.AllInterfaces.Any(candidate => candidate.Is(SymbolExtensions.OwnNamespace, "IModelUpgrade") && SymbolEqualityComparer.Default.Equals(candidate.TypeArguments[0], model))
                ? $"it does not implement {wanted}"
            : named.IsAbstract ? "it is abstract; make it a sealed class"
            : named.IsFileLocal || !context.IsAccessible(named) ? "generated code cannot name it; make it internal or public"
            : version is 0 or 1 ? $"the model has version 1, and nothing is older; set Version = 2"
            : null;
        if (reason is not null)
            context.Report(Rules.UpgradeFit, LiteralLocation.OfNamedArgument(attribute, "Upgrade", context.CancellationToken), model.Name, TypeNames.ForPeople(upgrade), reason);
        return new Evolution(version, TypeNames.Of(upgrade, model.ContainingNamespace), TypeNames.ForPeople(upgrade));
    }

    /// <summary>The schema's initializer, a line for each property, or nothing.</summary>
    public static IEnumerable<string> Schema(HashModel model)
    {
        if (model.Evolution.Version > 0)
            yield return FormattableString.Invariant($"Version = {model.Evolution.Version},");
        if (model.Evolution.Upgrade is { } upgrade)
            yield return $"Upgrade = TR::ModelUpgrades.By<{model.Identity.Reference}, {upgrade}>(),";
        var renamed = model.Members.Select(static (member, index) => (member.FormerNames, index)).Where(static item => !item.FormerNames.IsEmpty)
            .Select(static item => $"({item.index}, [{string.Join(", ", item.FormerNames.Select(Literals.Text))}])").ToList();
        if (renamed.Count > 0)
            yield return $"FormerNames = [{string.Join(", ", renamed)}],";
    }

    /// <summary>The header's line, or none.</summary>
    public static IEnumerable<string> Header(HashModel model)
    {
        if (model.Evolution.Version > 0)
            yield return FormattableString.Invariant($"version {model.Evolution.Version}") + (model.Evolution.UpgradeName is { } upgrade ? $", older entities are upgraded by {upgrade}" : "");
    }

    /// <summary>The manifest's member; empty without a version.</summary>
    public static string Manifest(HashModel model)
        => model.Evolution.Version == 0 ? "" : FormattableString.Invariant($",\"modelVersion\":{model.Evolution.Version}");

    /// <summary>What the repository of a model that evolves has besides.</summary>
    public static void Emit(SourceWriter writer, HashModel model)
    {
        if (model.Evolution.Version == 0 && model.Members.All(static member => member.FormerNames.IsEmpty))
            return;

        writer.Line($"""

            /// <summary>Brings every stored entity of an older form into the present one, so that the code for the older ones can go. Each entity is changed atomically with its indexes; other readers and writers go on meanwhile. Walks over all keys of the database. What has the present form costs one pipelined read, the rest two round trips each, 64 at a time.</summary>
            public virtual THR::Tasks.Task<TR::UpgradeReport> UpgradeAllAsync(SYS::IProgress<TR::UpgradeProgress>? progress = null, THR::CancellationToken cancellationToken = default)
                => UpgradeAllCoreAsync(progress, cancellationToken);
            """);
    }
}
