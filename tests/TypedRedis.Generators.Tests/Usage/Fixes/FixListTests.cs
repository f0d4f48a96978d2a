using System.Reflection;
using Microsoft.CodeAnalysis.CodeFixes;
using TypedRedis.Analyzers;
using TypedRedis.CodeFixes;
using TypedRedis.Generators.Tests.Docs;

namespace TypedRedis.Generators.Tests.Usage.Fixes;

public class FixListTests
{
    private static readonly CodeFixProvider[] Fixes = [.. typeof(RuleFix).Assembly.GetTypes()
        .Where(static type => type.IsSubclassOf(typeof(RuleFix)) && !type.IsAbstract)
        .Select(static type => (CodeFixProvider)Activator.CreateInstance(type)!)];

    [Fact]
    public void Each_fixes_a_rule_that_there_is_and_is_exported()
    {
        string[] ids = [.. RuleList.All.SelectMany(static rule => rule.Descriptors).Select(static descriptor => descriptor.Id)];
        Assert.NotEmpty(Fixes);
        Assert.All(Fixes, fix =>
        {
            Assert.Contains(Assert.Single(fix.FixableDiagnosticIds), ids);
            Assert.NotNull(fix.GetType().GetCustomAttribute<ExportCodeFixProviderAttribute>());
        });
    }

    [Fact]
    public void The_page_of_a_rule_says_what_its_fix_does()
    {
        string[] fixable = [.. Fixes.SelectMany(static fix => fix.FixableDiagnosticIds)];
        foreach (var descriptor in RuleList.All.SelectMany(static rule => rule.Descriptors))
        {
            string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "diagnostics", descriptor.Id + ".md"));
            Assert.True(page.Contains("\nA code fix ", StringComparison.Ordinal) == fixable.Contains(descriptor.Id), descriptor.Id);
        }
    }
}
