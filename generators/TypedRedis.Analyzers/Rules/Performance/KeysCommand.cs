using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Performance;

/// <summary>KEYS, and walks over all keys of a database where a user waits.</summary>
internal sealed class KeysCommand : Rule
{
    public static readonly DiagnosticDescriptor Command = Describe(
        "TR3001",
        "KEYS stops the server",
        "KEYS looks at every key of the database in one step, during which the server serves nobody: use SCAN (IServer.Keys), or keep a set of what is looked for",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor Walk = Describe(
        "TR3002",
        "A request walks over all keys",
        "'{0}' looks at every key of the database to find some, on one server alone, and this runs for a request: keep a set or a sorted set of what is looked for, or declare a [RedisIndex]",
        DiagnosticSeverity.Warning);

    public override IReadOnlyList<DiagnosticDescriptor> Descriptors => [Command, Walk];

    public override void Register(RuleRegistry registry)
    {
        registry.OnCall(
            static context =>
            {
                if (context.Call.Command == "KEYS")
                    context.Report(Command, context.Call.Argument("command")!);
            },
            "Execute");
        registry.OnCall(
            static context =>
            {
                if (context.Call.Argument("script") is { ConstantValue: { HasValue: true, Value: string text } } script && Pattern.InScript.IsMatch(text))
                    context.Report(Command, script);
            },
            "ScriptEvaluate", "Prepare", "ScriptLoad");
        registry.OnCall(
            static context =>
            {
                if (context.Call.Type == "IServer" && IsRequest(context.Member.ContainingType, context.Call.Operation))
                    context.Report(Walk, context.Call.NameLocation, context.Call.Operation.TargetMethod.Name);
            },
            "Keys");
    }

    // Within a controller, page, hub or middleware, or a handler of a minimal API.
    private static bool IsRequest(INamedTypeSymbol? type, IOperation call)
    {
        if (RequestTypes.Has(type))
            return true;

        for (var parent = call.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IInvocationOperation { TargetMethod: { Name: "MapGet" or "MapPost" or "MapPut" or "MapDelete" or "MapPatch" or "MapMethods" } })
                return true;
        }

        return false;
    }

    // Most programs have no use for it.
    private static class Pattern
    {
        public static readonly Regex InScript = new(@"redis\.p?call\(\s*['""]KEYS['""]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    }
}
