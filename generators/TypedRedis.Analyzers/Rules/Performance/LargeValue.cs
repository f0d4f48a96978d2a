using System.Globalization;
using System.Text;
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

    public override void Register(RuleRegistry registry) => registry.OnBody(static body =>
    {
        foreach (var call in body.Calls)
        {
            if (call.Name is not ("StringSet" or "HashSet" or "ListLeftPush" or "ListRightPush") || call.Argument("value") is not { } value)
                continue;

            if (value.ConstantValue is { HasValue: true, Value: string text })
            {
                int bound = body.Options.TryGetValue(Threshold, out string? given) && int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out int own) ? own : DefaultThreshold;
                if (text.Length > bound / 4 && Encoding.UTF8.GetByteCount(text) is var bytes && bytes > bound)
                    body.Report(Literal, value, bytes, bound);
            }
            else if (call.Name == "StringSet" && !call.Gives("expiry") && !call.Gives("when") && Serialized(body.Body.Resolve(value)) is { } graph)
            {
                // What expires is an answer that is kept for a while, and asked for whole.
                body.Report(Collection, graph, graph.Syntax);
            }
        }
    });

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
