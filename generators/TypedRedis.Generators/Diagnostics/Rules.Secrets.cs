using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Diagnostics;

internal static partial class Rules
{
    /// <summary>model or model.member, the offending text, what is wrong with it and what to do.</summary>
    public static readonly DiagnosticDescriptor Size = Rule(
        "TR1030",
        "The size cannot be read",
        "The size of '{0}' cannot be read at '{1}': {2}");

    /// <summary>the record, what it prints, what to do.</summary>
    public static readonly DiagnosticDescriptor PrintedSecret = Rule(
        "TR1031",
        "The record's ToString shows what is encrypted",
        "ToString of the record '{0}' shows {1}, and so do logs and errors that it stands in: {2}",
        DiagnosticSeverity.Warning);

    private static readonly ImmutableArray<DiagnosticDescriptor> OfSecrets = ImmutableArray.Create(Size, PrintedSecret);
}
