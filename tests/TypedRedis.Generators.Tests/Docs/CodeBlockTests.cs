using System.Text;
using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Tests.Docs;

/// <summary>The C# of the documentation compiles, and what is shown as wrong does not.</summary>
public class CodeBlockTests
{
    // Another model with the same template is not what an example that names no diagnostic is about.
    private const string OverlappingTemplates = "TR1007";

    public static TheoryData<string> PagesWithCode => [.. Repository.Pages.Where(static page => CodeBlock.Of(page).Any())];

    [Theory]
    [MemberData(nameof(PagesWithCode))]
    public async Task Code_of_the_page_compiles(string page)
    {
        var report = new StringBuilder();
        var together = new List<CodeBlock>();
        foreach (var block in CodeBlock.Of(page))
        {
            if (block.Unknown is not null)
                report.AppendLine($"{page}({block.Line - 1}): '{block.Unknown}' means nothing behind ```csharp. Known are invalid, an id, and restart.");

            if (block.IsRestart)
            {
                await CheckValid(together, report);
                together.Clear();
            }

            if (!block.IsInvalid)
                together.Add(block);
            else if (!IsPageOfRule(page))
                await CheckInvalid(together, block, report);
        }

        await CheckValid(together, report);
        Assert.True(report.Length == 0, report.ToString());
    }

    // The tests of the rules check that such a page's wrong example gives its rule and no other.
    private static bool IsPageOfRule(string page) => page.StartsWith("docs/diagnostics/TR", StringComparison.Ordinal);

    private static async Task CheckValid(List<CodeBlock> blocks, StringBuilder report)
    {
        if (blocks.Count == 0)
            return;

        foreach (var diagnostic in (await PageCompilation.DiagnoseAsync(blocks)).Where(IsFault))
            report.AppendLine(Describe(diagnostic));
    }

    private static async Task CheckInvalid(List<CodeBlock> before, CodeBlock block, StringBuilder report)
    {
        var diagnostics = await PageCompilation.DiagnoseAsync(before, block);
        bool found = block.ExpectedId is { } id
            ? diagnostics.Any(diagnostic => diagnostic.Id == id)
            : diagnostics.Any(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Id != OverlappingTemplates);
        if (found)
            return;

        report.AppendLine($"{block.Page}({block.Line}): the code is marked invalid, but gives {(block.ExpectedId is null ? "no error" : $"no {block.ExpectedId}")}.");
        foreach (var diagnostic in diagnostics.Where(IsFault))
            report.Append("  ").AppendLine(Describe(diagnostic));
    }

    // Warnings of TypedRedis and about null are faults too: a reader builds with warnings as errors. Others come from how blocks are put together.
    private static bool IsFault(Diagnostic diagnostic) => diagnostic.Severity switch
    {
        DiagnosticSeverity.Error => true,
        DiagnosticSeverity.Warning => diagnostic.Id.StartsWith("TR", StringComparison.Ordinal) || diagnostic.Id.StartsWith("CS86", StringComparison.Ordinal) || diagnostic.Id == "CS4014",
        _ => false,
    };

    private static string Describe(Diagnostic diagnostic)
    {
        var place = diagnostic.Location.GetMappedLineSpan();
        return $"{place.Path}({place.StartLinePosition.Line + 1}): {diagnostic.Id}: {diagnostic.GetMessage()}";
    }
}
