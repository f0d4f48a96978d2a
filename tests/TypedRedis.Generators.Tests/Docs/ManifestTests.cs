using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Docs;

/// <summary>The manifest that the page shows is the one that its model has.</summary>
public sealed partial class ManifestTests
{
    [Fact]
    public void The_page_shows_the_manifest_of_its_model()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "manifest.md"));
        string emitted = Generated.From(Block("csharp").Match(page).Groups["text"].Value).Single();
        var manifest = JsonNode.Parse(Manifest().Match(emitted).Groups["text"].Value);
        var shown = JsonNode.Parse(Block("json").Match(page).Groups["text"].Value);
        Assert.Equal(shown!.ToJsonString(), manifest!.ToJsonString());
    }

    private static Regex Block(string language) => new($"^```{language}\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline);

    [GeneratedRegex("\"\"\"(?<text>.*)\"\"\"")]
    private static partial Regex Manifest();
}
