using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Diagnostics;

/// <summary>The rules about declarations. Each has a page of its own, <c>docs/diagnostics/TR1xxx.md</c>. The summary of a rule lists its message's arguments.</summary>
internal static partial class Rules
{
    public const string Category = "TypedRedis.Definition";

    /// <summary>model, the name in the template, what is wrong with it and what to do.</summary>
    public static readonly DiagnosticDescriptor UnknownPart = Rule(
        "TR1001",
        "The key template names no such property",
        "The key template of '{0}' names '{1}', {2}");

    /// <summary>model, property, type, why it cannot be and what to use.</summary>
    public static readonly DiagnosticDescriptor PartType = Rule(
        "TR1002",
        "The type cannot be a key part",
        "'{0}.{1}' is of type '{2}', which cannot be a key part: {3}");

    /// <summary>model, the offending text, what is wrong with it and what to do.</summary>
    public static readonly DiagnosticDescriptor MalformedTemplate = Rule(
        "TR1003",
        "The key template is malformed",
        "The key template of '{0}' is malformed at '{1}': {2}");

    /// <summary>model, property, format, what it loses and what to use.</summary>
    public static readonly DiagnosticDescriptor LossyFormat = Rule(
        "TR1004",
        "The format does not keep what it mentions",
        "'{0}.{1}' cannot stand in a key with the format '{2}': {3}");

    /// <summary>model, property, template, the text that follows.</summary>
    public static readonly DiagnosticDescriptor ForgeableTemplate = Rule(
        "TR1005",
        "Two entities could share a key",
        "'{0}.{1}' in '{2}' is followed by '{3}', which its own text may contain, so that two entities could share a key: put ':' behind it, make it the hash tag, or move it to the end");

    /// <summary>model, the offending text, what to write.</summary>
    public static readonly DiagnosticDescriptor LiteralStyle = Rule(
        "TR1006",
        "Key text should be lower case",
        "The key template of '{0}' contains '{1}', but keys are easiest to type, match and share when their text is lower case, digits, ':', '-', '_' and '.': {2}",
        DiagnosticSeverity.Warning);

    /// <summary>model, its template, the other model, the other's template, a key that both produce.</summary>
    public static readonly DiagnosticDescriptor OverlappingTemplates = Rule(
        "TR1007",
        "Two models can have the same key",
        "The key template '{1}' of '{0}' overlaps with '{3}' of '{2}': both produce the key '{4}', for one; begin them with different text",
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>model, why it cannot be and what to do.</summary>
    public static readonly DiagnosticDescriptor ModelShape = Rule(
        "TR1008",
        "The type cannot be a model",
        "'{0}' cannot be a model: {1}");

    /// <summary>model, one attribute without its brackets, the other.</summary>
    public static readonly DiagnosticDescriptor ConflictingKinds = Rule(
        "TR1009",
        "A model is stored in one shape",
        "'{0}' has [{1}] and [{2}], but a model is stored in one shape: remove one of them, or declare a second model for the other shape");

    /// <summary>model, the name of the emitted type or the invalid name, why it cannot be and what to do.</summary>
    public static readonly DiagnosticDescriptor EmittedName = Rule(
        "TR1010",
        "A generated type cannot have its name",
        "The code of '{0}' cannot be generated under the name '{1}': {2}");

    /// <summary>model, member, type, why it cannot be and what to do.</summary>
    public static readonly DiagnosticDescriptor MemberType = Rule(
        "TR1011",
        "The member's type cannot be stored",
        "'{0}.{1}' is of type '{2}', which cannot be stored: {3}");

    /// <summary>model, member, field name, what is wrong with it and what to do.</summary>
    public static readonly DiagnosticDescriptor FieldName = Rule(
        "TR1012",
        "The field's name is taken, empty or reserved",
        "'{0}.{1}' cannot be stored in the field '{2}': {3}");

    /// <summary>model, member, why and what to do.</summary>
    public static readonly DiagnosticDescriptor NoSettablePath = Rule(
        "TR1013",
        "The member cannot be set when the model is read",
        "'{0}.{1}' cannot be set when the model is read: {2}");

    /// <summary>model, why and what to do.</summary>
    public static readonly DiagnosticDescriptor NoConstructor = Rule(
        "TR1014",
        "The model cannot be constructed",
        "'{0}' cannot be constructed when it is read: {1}");

    /// <summary>model, member, one attribute without its brackets, the other, why and what to do.</summary>
    public static readonly DiagnosticDescriptor FacetConflict = Rule(
        "TR1015",
        "Two attributes of a member exclude each other",
        "'{0}.{1}' has [{2}] and [{3}], which exclude each other: {4}");

    /// <summary>the model or model.member, the attribute without its brackets, why and what to do.</summary>
    public static readonly DiagnosticDescriptor FacetWithoutEffect = Rule(
        "TR1016",
        "The attribute has no effect here",
        "[{1}] has no effect on '{0}': {2}");

    /// <summary>model, member, type.</summary>
    public static readonly DiagnosticDescriptor CounterType = Rule(
        "TR1017",
        "A counter is an int or a long",
        "'{0}.{1}' is a counter of type '{2}', but Redis counts in 64-bit integers and a counter is never null: make it an 'int' or a 'long', or remove [Counter]");

    /// <summary>model, member, converter, why and what to do.</summary>
    public static readonly DiagnosticDescriptor ConverterFit = Rule(
        "TR1018",
        "The converter does not fit the member",
        "The converter '{2}' does not fit '{0}.{1}': {3}");

    /// <summary>model, the offending text, what is wrong with it and what to do.</summary>
    public static readonly DiagnosticDescriptor Duration = Rule(
        "TR1019",
        "The duration cannot be read",
        "The duration of '{0}' cannot be read at '{1}': {2}");

    /// <summary>model.</summary>
    public static readonly DiagnosticDescriptor NoExpiry = Rule(
        "TR1020",
        "The model declares no expiry",
        "'{0}' declares no expiry, so its entities live until they are deleted: say [Expires(\"30d\")], or [Expires(ExpiresAttribute.Never)] if that is meant",
        DiagnosticSeverity.Info);

    /// <summary>model.member or the model, how a context is named there.</summary>
    /// <remarks>Report it wherever there is no context: the analyzer keeps it back unless the project is compiled for AOT.</remarks>
    public static readonly DiagnosticDescriptor JsonWithoutContext = Rule(
        "TR1021",
        "JSON without a serializer context needs reflection",
        "'{0}' is written as JSON by reflection, which this project's settings take away: name a source-generated serializer context with {1} or [assembly: RedisDefaults(JsonContext = typeof(…))]",
        DiagnosticSeverity.Warning);

    /// <summary>projection, model, the offending member or type, what is wrong with it and what to do.</summary>
    public static readonly DiagnosticDescriptor Projection = Rule(
        "TR1022",
        "The projection does not fit its model",
        "The projection '{0}' of '{1}' is invalid at '{2}': {3}");

    /// <summary>model or model.member, the type, what is wrong with it and what to do.</summary>
    public static readonly DiagnosticDescriptor JsonContext = Rule(
        "TR1023",
        "The type is no usable JSON serializer context",
        "'{1}', named as the JSON serializer context of '{0}', cannot be used: {2}");

    /// <summary>model, the name of the emitted type, the other model.</summary>
    public static readonly DiagnosticDescriptor EmittedTwice = Rule(
        "TR1024",
        "Two models generate the same type",
        "'{0}' and '{2}' both generate '{1}': set Name = \"…\" on the attribute of one of them",
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>model, the name of the emitted class, what does not fit and what to do.</summary>
    public static readonly DiagnosticDescriptor OtherHalf = Rule(
        "TR1092",
        "The other half of a generated class does not fit",
        "This half of '{1}' does not fit the one that is generated for '{0}': {2}");

    // Static fields of the parts of a class are initialized in no certain order, so this one waits for the others.
    private static readonly Lazy<ImmutableArray<DiagnosticDescriptor>> Every = new(static () => ImmutableArray.Create(
        UnknownPart, PartType, MalformedTemplate, LossyFormat, ForgeableTemplate, LiteralStyle, OverlappingTemplates,
        ModelShape, ConflictingKinds, EmittedName, MemberType, FieldName, NoSettablePath, NoConstructor,
        FacetConflict, FacetWithoutEffect, CounterType, ConverterFit, Duration, NoExpiry, JsonWithoutContext, Projection, JsonContext, EmittedTwice).AddRange(OfIndexes).AddRange(OfSecrets).AddRange(OfEvolution).AddRange(OfScripts).AddRange(OfAtomicValues).AddRange(OfCaches).AddRange(OfRanking).Add(OtherHalf));

    /// <summary>All of them, by id.</summary>
    public static ImmutableArray<DiagnosticDescriptor> All => Every.Value;

    /// <summary>Reports, where there is someone to report to.</summary>
    public static void Report(this Action<Diagnostic>? report, DiagnosticDescriptor rule, Location? location, params object?[] arguments)
        => report?.Invoke(Diagnostic.Create(rule, location, arguments));

    private static DiagnosticDescriptor Rule(
        string id,
        string title,
        string message,
        DiagnosticSeverity severity = DiagnosticSeverity.Error,
        params string[] customTags)
        => new(
            id,
            title,
            message,
            Category,
            severity,
            isEnabledByDefault: true,
            helpLinkUri: $"https://github.com/typedredis/typedredis/blob/main/docs/diagnostics/{id}.md",
            customTags: customTags);
}
