using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Diagnostics;

/// <content>Versions, upgrades, renamed fields.</content>
internal static partial class Rules
{
    /// <summary>model, version.</summary>
    public static readonly DiagnosticDescriptor ModelVersion = Rule(
        "TR1036",
        "A version is at least 1",
        "'{0}' cannot have the version {1}: entities without one have version 1, so count from there, or remove Version");

    /// <summary>model, the upgrade's type, why it does not fit and what to do.</summary>
    public static readonly DiagnosticDescriptor UpgradeFit = Rule(
        "TR1037",
        "The upgrade does not fit the model",
        "The upgrade '{1}' does not fit '{0}': {2}");

    /// <summary>model, member, the former name, what is wrong with it and what to do.</summary>
    public static readonly DiagnosticDescriptor FormerName = Rule(
        "TR1038",
        "The field cannot have had this name",
        "'{0}.{1}' cannot have been stored in the field '{2}': {3}");

    /// <summary>model, version.</summary>
    public static readonly DiagnosticDescriptor VersionWithoutUpgrade = Rule(
        "TR1039",
        "Older versions are read as they are",
        "'{0}' has version {1} and nothing that brings older entities up to it, so that those are read as they are: name an IModelUpgrade<{0}> with Upgrade = typeof(…), or say that this is meant by suppressing the message",
        DiagnosticSeverity.Info);

    private static DiagnosticDescriptor[] OfEvolution => [ModelVersion, UpgradeFit, FormerName, VersionWithoutUpgrade];
}
