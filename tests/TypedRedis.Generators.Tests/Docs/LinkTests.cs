using System.Text;
using System.Text.RegularExpressions;

namespace TypedRedis.Generators.Tests.Docs;

/// <summary>Links between the pages lead somewhere, and every page is reachable.</summary>
public partial class LinkTests
{
    public static TheoryData<string> Pages => [.. Repository.Pages];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_of_the_page_resolve(string page)
    {
        var report = new StringBuilder();
        foreach (var (line, target) in LinksOf(page))
        {
            if (Fault(page, target) is { } fault)
                report.AppendLine($"{page}({line}): the link '{target}' {fault}");
        }

        Assert.True(report.Length == 0, report.ToString());
    }

    // A folder's README.md names the pages beside it and the README.md of each folder below.
    [Fact]
    public void Indexes_name_every_page()
    {
        var missing = Repository.Pages
            .Where(static page => page.StartsWith("docs/", StringComparison.Ordinal) && page != "docs/README.md")
            .Select(static page => (Page: page, Index: Resolve(page, Path.GetFileName(page) == "README.md" ? "../README.md" : "README.md")))
            .Where(static entry => !LinksOf(entry.Index).Any(link => Resolve(entry.Index, link.Target.Split('#')[0]) == entry.Page))
            .Select(static entry => $"{entry.Index} does not name {entry.Page}");
        Assert.Empty(missing);
    }

    // A package's readme is shown away from the repository, where relative links lead nowhere.
    [Fact]
    public void The_package_readme_has_no_relative_links()
        => Assert.DoesNotContain(LinksOf("README.md"), static link => link.Target[0] != '#' && !link.Target.StartsWith("https://", StringComparison.Ordinal));

    private static string? Fault(string page, string target)
    {
        bool isOurs = target.StartsWith(Repository.Url, StringComparison.Ordinal);
        if (!isOurs && target.Contains("://", StringComparison.Ordinal))
            return null;

        string[] parts = (isOurs ? target[Repository.Url.Length..] : target).Split('#');
        string file = parts[0].Length == 0 && !isOurs ? page : Resolve(isOurs ? "README.md" : page, parts[0]);
        string path = Path.Combine(Repository.Root, file);
        if (!File.Exists(path))
            return Directory.Exists(path) ? "is a directory: name its README.md" : "leads to no file";
        return parts.Length == 1 || AnchorsOf(path).Contains(parts[1]) ? null : "leads to no heading";
    }

    private static string Resolve(string page, string target)
        => Path.GetRelativePath(Repository.Root, Path.Combine(Repository.Root, Path.GetDirectoryName(page)!, target)).Replace('\\', '/');

    private static IEnumerable<(int Line, string Target)> LinksOf(string page)
    {
        string path = Path.Combine(Repository.Root, page);
        if (!File.Exists(path))
            yield break;

        // With every line in its place, because a link's text can go over several.
        var lines = new string[File.ReadLines(path).Count()];
        foreach (var (number, line) in TextOf(path))
            lines[number - 1] = InlineCode().Replace(line, "");
        string text = string.Join('\n', lines);
        foreach (Match link in Link().Matches(text))
            yield return (text.AsSpan(0, link.Index).Count('\n') + 1, link.Groups["inline"].Value + link.Groups["reference"].Value);
    }

    // As GitHub makes them: lower case, spaces to dashes, other punctuation left out; a heading that repeats gets a number.
    private static HashSet<string> AnchorsOf(string path)
    {
        var anchors = new HashSet<string>();
        foreach (var (_, text) in TextOf(path).Where(static line => Heading().IsMatch(line.Text)))
        {
            string words = MarkedLink().Replace(Heading().Replace(text, ""), "$1").Trim().ToLowerInvariant();
            string anchor = string.Concat(words.Where(static character => char.IsLetterOrDigit(character) || character is ' ' or '-' or '_')).Replace(' ', '-');
            for (int i = 1; !anchors.Add(i == 1 ? anchor : $"{anchor}-{i - 1}"); i++)
                ;
        }

        return anchors;
    }

    // The lines outside of fenced blocks.
    private static IEnumerable<(int Number, string Text)> TextOf(string path)
    {
        string? fence = null;
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            string start = line.TrimStart();
            if (fence is null && start.StartsWith("```", StringComparison.Ordinal))
                fence = new string('`', start.TakeWhile(static character => character == '`').Count());
            else if (fence is not null)
                fence = start.TrimEnd() == fence ? null : fence;
            else
                yield return (number, line);
        }
    }

    [GeneratedRegex("""(?<!\!)\[[^\]]*\]\((?<inline>[^)\s]+)\)|^\[[^\]]+\]:[ ]+(?<reference>\S+)""", RegexOptions.Multiline)]
    private static partial Regex Link();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex MarkedLink();

    [GeneratedRegex("^#{1,6} ")]
    private static partial Regex Heading();

    [GeneratedRegex("(?<!`)(`+)(?!`).+?(?<!`)\\1(?!`)")]
    private static partial Regex InlineCode();
}
