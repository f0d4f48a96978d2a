using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Keys;

/// <summary>Several numbered databases: a cluster has one, and they share memory, eviction and the one thread.</summary>
internal sealed class SeveralDatabases : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR4005",
        "Several numbered databases",
        "This program uses the databases {0}: a cluster has database 0 alone, and numbered ones share memory, eviction and the one thread; tell data apart by key prefixes, or by servers",
        DiagnosticSeverity.Info,
        WellKnownDiagnosticTags.CompilationEnd);

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry)
    {
        var used = new ConcurrentBag<(int Number, Location Location)>();
        registry.OnCall(
            context =>
            {
                if (context.Call.Argument("db") is { ConstantValue: { HasValue: true, Value: int number } } && number >= 0)
                    used.Add((number, context.Call.Operation.Syntax.GetLocation()));
            },
            "GetDatabase");
        registry.OnCall(
            context =>
            {
                if (context.Call.Argument("configuration") is { ConstantValue: { HasValue: true, Value: string text } } configuration && Pattern.Default.Match(text) is { Success: true } match
                    && int.TryParse(match.Groups["number"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                    used.Add((number, configuration.Syntax.GetLocation()));
            },
            "Connect", "Parse");
        registry.OnAssignment(
            context =>
            {
                if (SymbolEqualityComparer.Default.Equals(context.Property.ContainingType, registry.Driver.ConfigurationOptions)
                    && context.Assignment.Value.Unwrap().ConstantValue is { HasValue: true, Value: int number } && number >= 0)
                    used.Add((number, context.Assignment.Syntax.GetLocation()));
            },
            "DefaultDatabase");
        registry.Start.RegisterCompilationEndAction(end =>
        {
            if (used.IsEmpty)
                return;

            int[] numbers = [.. used.Select(static use => use.Number).Distinct().OrderBy(static number => number)];
            if (numbers.Length < 2)
                return;

            string list = string.Join(", ", numbers.Select(static number => number.ToString(CultureInfo.InvariantCulture)));
            foreach (var (number, location) in used)
            {
                if (number != 0)
                    end.ReportDiagnostic(Diagnostic.Create(Rule, location, list));
            }
        });
    }

    // Most programs have no use for it.
    private static class Pattern
    {
        public static readonly Regex Default = new(@"(?:^|,)\s*defaultDatabase\s*=\s*(?<number>\d+)\s*(?:,|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
    }
}
