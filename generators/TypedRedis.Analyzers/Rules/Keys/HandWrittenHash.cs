using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Keys;

/// <summary>An entity that is taken apart by hand, where a model would do it.</summary>
internal sealed class HandWrittenHash : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR4007",
        "A hash is put together by hand",
        "The fields of '{0}' are named and formatted here, and again wherever they are read: declare a [RedisHash] model, whose mapper is generated",
        DiagnosticSeverity.Info);

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry)
    {
        if (registry.Start.Compilation.GetTypeByMetadataName("TypedRedis.RedisHashAttribute") is null)
            return;

        registry.OnBody(static body =>
        {
            foreach (var call in body.Calls)
            {
                if (call.Name == "HashSet" && call.Key is { ConstantValue.HasValue: false } key && call.Argument("hashFields") is { } fields && IsEntity(body.Body.Resolve(fields)))
                    body.Report(Rule, fields, key.Syntax);
            }
        });
    }

    // Two fields or more whose names the source says.
    private static bool IsEntity(IOperation fields) => fields.Elements() is { Count: >= 2 } entries && entries.All(static entry
        => entry.Unwrap() is IObjectCreationOperation { Arguments: { Length: 2 } arguments } && arguments[0].Value.Unwrap().ConstantValue is { HasValue: true, Value: string });
}
