using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Performance;

/// <summary>A whole collection as one value: each change of an item sends and stores all of them.</summary>
internal sealed class LargeValue : Rule
{
    private const string Threshold = "typedredis.large_literal_bytes";
    private const int DefaultThreshold = 10_240;

    public static readonly DiagnosticDescriptor Collection = Describe(
        "TR3009",
        "A collection is one value",
        "'{0}' is serialized whole into one value: reading or changing one item takes all of them; store the items as a hash, a list or a sorted set, or an entity each",
        DiagnosticSeverity.Info);

    public static readonly DiagnosticDescriptor Literal = Describe(
        "TR3010",
        "A large literal is sent each time",
        "The literal has {0} bytes (the bound is {1}) and is sent with every call: store it once, and read it from there",
        DiagnosticSeverity.Warning);

    public override IReadOnlyList<DiagnosticDescriptor> Descriptors => [Collection, Literal];

    public override void Register(RuleRegistry registry) => registry.OnCall(
        static context =>
        {
            if (context.Call.Argument("value") is not { } value)
                return;

            if (value.ConstantValue is { HasValue: true, Value: string text })
            {
                int bound = context.Options.TryGetValue(Threshold, out string? given) && int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int own) ? own : DefaultThreshold;
                if (text.Length > bound)
                    context.Report(Literal, value, text.Length, bound);
            }
            else if (Serialized(value) is { } graph)
            {
                context.Report(Collection, graph, graph.Syntax);
            }
        },
        "StringSet", "HashSet", "ListLeftPush", "ListRightPush");

    private static IOperation? Serialized(IOperation value)
        => value is IInvocationOperation { TargetMethod: { Name: "Serialize" or "SerializeObject" or "SerializeToUtf8Bytes", ContainingType.Name: "JsonSerializer" or "JsonConvert" } } call
            && call.Arguments.FirstOrDefault()?.Value.Unwrap() is { } graph && IsCollection(graph.Type)
                ? graph
                : null;

    private static bool IsCollection(ITypeSymbol? type) => type switch
    {
        null => false,
        { SpecialType: SpecialType.System_String } => false,
        IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_Byte } => false,
        IArrayTypeSymbol => true,
        _ => type.ContainingNamespace?.ToDisplayString().StartsWith("System.Collections", StringComparison.Ordinal) == true,
    };
}
