using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;

namespace TypedRedis.Generators.Tests.Diagnostics;

/// <summary>Every rule is listed, documented and tracked, and its page is true.</summary>
public partial class RuleTests
{
    // What the serializer's own generator would add to the context of the examples.
    private const string OtherHalfOfContext = """
        internal sealed partial class AppJson
        {
            public AppJson() : base(null) { }
            public static AppJson Default { get; } = new();
            protected override System.Text.Json.JsonSerializerOptions? GeneratedSerializerOptions => null;
            public override System.Text.Json.Serialization.Metadata.JsonTypeInfo? GetTypeInfo(System.Type type) => null;
        }
        """;

    private static readonly string Root = FindRoot();

    public static TheoryData<string> Ids => [.. Rules.All.Select(static rule => rule.Id)];

    [Fact]
    public void The_list_is_complete()
    {
        var declared = typeof(Rules).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(static field => field.FieldType == typeof(DiagnosticDescriptor))
            .Select(static field => (DiagnosticDescriptor)field.GetValue(null)!)
            .OrderBy(static rule => rule.Id, StringComparer.Ordinal)
            .ToArray();
        Assert.Equal(declared.OrderBy(static rule => rule.Id, StringComparer.Ordinal), Rules.All);
        Assert.Equal(declared.Length, declared.DistinctBy(static rule => rule.Id).Count());
        Assert.All(declared, static rule => Assert.Matches("^TR1[0-9]{3}$", rule.Id));
        Assert.Equal(Rules.All, new DefinitionAnalyzer().SupportedDiagnostics);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_has_a_page(string id)
    {
        var rule = Rules.All.Single(rule => rule.Id == id);
        Assert.Equal($"https://github.com/typedredis/typedredis/blob/main/docs/diagnostics/{id}.md", rule.HelpLinkUri);
        Assert.Equal(Rules.Category, rule.Category);
        string[] lines = File.ReadAllLines(Path.Combine(Root, "docs", "diagnostics", id + ".md"));
        Assert.Equal($"# {id}: {rule.Title}", lines[0]);
        Assert.Equal($"{rule.DefaultSeverity} · {rule.Category}", lines[2]);
    }

    [Fact]
    public void The_index_lists_the_rules() => Assert.Equal(
        Rules.All.Select(static rule => $"| [{rule.Id}]({rule.Id}.md) | {rule.DefaultSeverity} | {rule.Title} |"),
        File.ReadLines(Path.Combine(Root, "docs", "diagnostics", "README.md")).Where(static line => line.StartsWith("| [TR1", StringComparison.Ordinal)));

    [Fact]
    public void Releases_list_the_rules()
    {
        string directory = Path.Combine(Root, "generators", "TypedRedis.Generators");
        var listed = new[] { "AnalyzerReleases.Shipped.md", "AnalyzerReleases.Unshipped.md" }
            .SelectMany(file => File.ReadLines(Path.Combine(directory, file)))
            .Where(static line => line.StartsWith("TR1", StringComparison.Ordinal));
        Assert.Equal(Rules.All.Select(static rule => $"{rule.Id} | {rule.Category} | {rule.DefaultSeverity} | {rule.Title}"), listed);
    }

    [Fact]
    public void Pages_have_rules() => Assert.Equal(
        Rules.All.Select(static rule => rule.Id),
        Directory.EnumerateFiles(Path.Combine(Root, "docs", "diagnostics"), "TR1*.md").Select(static file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_wrong_example_is_wrong_and_the_right_one_right(string id)
    {
        string page = await File.ReadAllTextAsync(Path.Combine(Root, "docs", "diagnostics", id + ".md"));
        var blocks = Block().Matches(page);
        Assert.Equal(["invalid", ""], blocks.Select(static block => block.Groups["info"].Value.Trim()));

        Assert.Equal([id], (await Run(blocks[0])).Select(static diagnostic => diagnostic.Id).Distinct());
        Assert.Empty(await Run(blocks[1]));

        async Task<ImmutableArray<Diagnostic>> Run(Match block)
        {
            string source = block.Groups["code"].Value;
            var compilation = Diagnose.Compile(source.Contains("class AppJson", StringComparison.Ordinal) ? source + OtherHalfOfContext : source);
            Assert.Empty(compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Id is not (Diagnose.MissingHalf or Diagnose.MissingType)));
            var found = await Diagnose.RunAsync(compilation, id == Rules.JsonWithoutContext.Id ? [("PublishAot", "true")] : []);
            return found.RemoveAll(diagnostic => diagnostic.Id != id && diagnostic.Severity == DiagnosticSeverity.Info);
        }
    }

    private static string FindRoot([CallerFilePath] string file = "")
    {
        string? directory = Path.GetDirectoryName(file);
        while (directory is not null && !File.Exists(Path.Combine(directory, "TypedRedis.sln")))
            directory = Path.GetDirectoryName(directory);
        return directory ?? throw new InvalidOperationException($"TypedRedis.sln stands nowhere above {file}.");
    }

    [GeneratedRegex(@"^```csharp(?<info>[^\n]*)\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
