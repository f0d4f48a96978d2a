using System.Diagnostics;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using TypedRedis.Generators.Tests.Infrastructure;
using Xunit.Abstractions;

namespace TypedRedis.Generators.Tests.Pipeline;

/// <summary>500 models of twelve members. What runs again is counted; the time is printed, for a test that measures time fails on a busy machine.</summary>
public sealed class ManyModelsTests(ITestOutputHelper output)
{
    private const int Count = 500;

    [Fact]
    public void One_edit_runs_one_model()
    {
        // A run before counts for nothing: it compiles the generator itself.
        Generated.Driver().RunGenerators(Compile("warm"));

        var compilation = Compile("shop");
        var driver = Generated.Driver(tracksSteps: true);
        var clock = Stopwatch.StartNew();
        driver = driver.RunGenerators(compilation);
        output.WriteLine($"{Count} models: {clock.ElapsedMilliseconds} ms");
        Assert.Equal(Count, driver.GetRunResult().Results.Single().GeneratedSources.Length);

        var tree = compilation.SyntaxTrees[^1];
        compilation = compilation.ReplaceSyntaxTree(tree, Parse(tree.ToString().Replace("string Name", "string FullName")));
        clock.Restart();
        driver = driver.RunGenerators(compilation);
        output.WriteLine($"one edit among {Count} models: {clock.ElapsedMilliseconds} ms");

        var reasons = driver.GetRunResult().Results.Single().TrackedSteps["RedisHashKind"].SelectMany(static step => step.Outputs).CountBy(static step => step.Reason).ToDictionary();
        Assert.Equal(1, reasons[IncrementalStepRunReason.Modified]);
        Assert.Equal(Count - 1, reasons[IncrementalStepRunReason.Cached]);
    }

    private static CSharpCompilation Compile(string prefix)
        => Generated.Compile("global using System; global using TypedRedis; public enum Plan { Free, Pro }")
            .AddSyntaxTrees(Enumerable.Range(0, Count).Select(index => Parse(Model(prefix, index))));

    private static SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(text, Generated.ParseOptions);

    private static string Model(string prefix, int index) => new StringBuilder()
        .AppendLine($"namespace Shop.Area{index % 10};")
        .AppendLine($"[RedisHash(\"{prefix}:{index}:{{Id}}\"), Expires(\"30d\")]")
        .AppendLine($"public sealed record Model{index}")
        .AppendLine("{")
        .AppendLine("    public required long Id { get; init; }")
        .AppendLine("    public required string Name { get; init; }")
        .AppendLine("    public string? Nick { get; init; }")
        .AppendLine("    public Plan Plan { get; init; } = Plan.Pro;")
        .AppendLine("    [Counter] public long Logins { get; init; }")
        .AppendLine("    public DateTimeOffset CreatedAt { get; init; }")
        .AppendLine("    public DateOnly? Birthday { get; init; }")
        .AppendLine("    public decimal Balance { get; init; }")
        .AppendLine("    public Guid Token { get; init; }")
        .AppendLine("    public bool Active { get; init; } = true;")
        .AppendLine("    public System.Collections.Generic.List<string> Tags { get; init; } = [];")
        .AppendLine("    public TimeSpan Spent { get; set; }")
        .AppendLine("    public int Age => 1;")
        .AppendLine("}")
        .ToString();
}
