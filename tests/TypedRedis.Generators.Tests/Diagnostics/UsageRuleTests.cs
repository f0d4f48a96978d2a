using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TypedRedis.Analyzers;
using TypedRedis.Generators.Tests.Docs;
using TypedRedis.Generators.Tests.Usage;

namespace TypedRedis.Generators.Tests.Diagnostics;

/// <summary>Every rule about the use of Redis is listed, documented and tracked, and its page is true.</summary>
public class UsageRuleTests
{
    private static readonly string Pages = Path.Combine(Repository.Root, "docs", "diagnostics");

    private static readonly DiagnosticDescriptor[] Rules = [.. new RedisUsageAnalyzer().SupportedDiagnostics.OrderBy(static rule => rule.Id, StringComparer.Ordinal)];

    public static TheoryData<string> Ids => [.. Rules.Select(static rule => rule.Id)];

    [Fact]
    public void Ids_are_of_their_bands()
    {
        Assert.Equal(Rules.Length, Rules.DistinctBy(static rule => rule.Id).Count());
        Assert.All(Rules, static rule => Assert.Matches("^TR[2-5][0-9]{3}$", rule.Id));
        Assert.All(Rules, static rule => Assert.True(rule.IsEnabledByDefault));
        Assert.DoesNotContain(Rules, static rule => rule.DefaultSeverity == DiagnosticSeverity.Error);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_has_a_page(string id)
    {
        var rule = Rules.Single(rule => rule.Id == id);
        Assert.Equal($"https://github.com/typedredis/typedredis/blob/main/docs/diagnostics/{id}.md", rule.HelpLinkUri);
        string[] lines = File.ReadAllLines(Path.Combine(Pages, id + ".md"));
        Assert.Equal($"# {id}: {rule.Title}", lines[0]);
        Assert.Equal($"{rule.DefaultSeverity} · {rule.Category}", lines[2]);
        foreach (string part in (string[])["Wrong:", "Right:", "## Why", "## Not flagged", "## How to suppress"])
            Assert.Contains(part, lines);
    }

    [Fact]
    public void The_index_lists_the_rules() => Assert.Equal(
        Rules.Select(static rule => $"| [{rule.Id}]({rule.Id}.md) | {rule.DefaultSeverity} | {rule.Title} |"),
        File.ReadLines(Path.Combine(Pages, "README.md")).Where(static line => line.StartsWith("| [TR", StringComparison.Ordinal) && !line.StartsWith("| [TR1", StringComparison.Ordinal)));

    [Fact]
    public void Releases_list_the_rules()
    {
        string directory = Path.Combine(Repository.Root, "generators", "TypedRedis.Analyzers");
        var listed = new[] { "AnalyzerReleases.Shipped.md", "AnalyzerReleases.Unshipped.md" }
            .SelectMany(file => File.ReadLines(Path.Combine(directory, file)))
            .Where(static line => line.StartsWith("TR", StringComparison.Ordinal));
        Assert.Equal(Rules.Select(static rule => $"{rule.Id} | {rule.Category} | {rule.DefaultSeverity} | {rule.Title}"), listed);
    }

    [Fact]
    public void Pages_have_rules() => Assert.Equal(
        Rules.Select(static rule => rule.Id),
        Directory.EnumerateFiles(Pages, "TR*.md").Select(static file => Path.GetFileNameWithoutExtension(file)).Where(static id => id[2] != '1').Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task The_wrong_example_is_wrong_and_the_right_one_right(string id)
    {
        CodeBlock[] blocks = [.. CodeBlock.Of($"docs/diagnostics/{id}.md")];
        var wrong = Assert.Single(blocks, static block => block.IsInvalid);
        Assert.Equal(id, wrong.ExpectedId);
        CodeBlock[] before = [.. blocks.TakeWhile(static block => !block.IsInvalid)];

        // The bound of literals, so that a page need not show ten thousand bytes.
        var options = Use.OptionsOf(("typedredis.analyze_tests", "true"), ("typedredis.large_literal_bytes", "64"));
        Assert.Equal([id], Of(await PageCompilation.DiagnoseAsync(before, wrong, options)));
        Assert.Empty(Of(await PageCompilation.DiagnoseAsync([.. blocks.Where(static block => !block.IsInvalid)], null, options)));

        IEnumerable<string> Of(ImmutableArray<Diagnostic> found)
        {
            Assert.Empty(found.Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
            return found.Where(diagnostic => diagnostic.Id == id || (diagnostic.Severity == DiagnosticSeverity.Warning && diagnostic.Id.StartsWith("TR", StringComparison.Ordinal)))
                .Select(static diagnostic => diagnostic.Id).Distinct();
        }
    }
}
