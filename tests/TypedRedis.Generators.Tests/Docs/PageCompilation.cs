using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using TypedRedis.Analyzers;

namespace TypedRedis.Generators.Tests.Docs;

/// <summary>
/// Compiles blocks of a page as one project that references the TypedRedis package: with the generators and analyzers of the package and of the SDK, nullable
/// and with the SDK's implicit usings. Types stand beside each other; statements stand in methods, each inside the one of the block before it, so that they
/// see its locals and may declare the same names anew.
/// </summary>
internal static class PageCompilation
{
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly string Packs = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../packs"));

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. Pack("Microsoft.NETCore.App.Ref", "ref").Concat(Pack("Microsoft.AspNetCore.App.Ref", "ref"))
            .Concat(new[] { "TypedRedis.dll", "TypedRedis.Hosting.dll", "TypedRedis.Testing.dll", "StackExchange.Redis.dll", "xunit.core.dll", "xunit.assert.dll", "xunit.abstractions.dll" }
                .Select(static name => Path.Combine(AppContext.BaseDirectory, name)))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private static readonly Assembly Package = typeof(TypedRedisGenerator).Assembly;

    private static readonly ImmutableArray<ISourceGenerator> Generators =
    [
        .. Of<IIncrementalGenerator>(Package).Concat(Of<IIncrementalGenerator>(JsonGenerator())).Select(GeneratorExtensions.AsSourceGenerator),
    ];

    private static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers = [.. Of<DiagnosticAnalyzer>(Package)];

    /// <summary>What the compiler, the generators and the analyzers have against blocks that a reader would run together.</summary>
    /// <param name="blocks">The blocks, in their order.</param>
    /// <param name="invalid">A block that must not compile, which comes last; or null. Its types may have the names of others.</param>
    /// <param name="usage">Options of the analyzer of Redis calls, which runs as well; or null.</param>
    public static async Task<ImmutableArray<Diagnostic>> DiagnoseAsync(IReadOnlyList<CodeBlock> blocks, CodeBlock? invalid = null, AnalyzerOptions? usage = null)
    {
        var all = invalid is null ? blocks : [.. blocks, invalid];
        string[] sources =
        [
            ImplicitUsings,
            .. all.Select(static block => block.GlobalUsings).Where(static usings => usings.Length > 0).Distinct(),
            .. all.Select(block => block.Declarations(block == invalid ? "OfInvalidBlock" : null)).OfType<string>(),
            Statements(all, invalid),
        ];
        var compilation = CSharpCompilation.Create(
            "Docs",
            sources.Select(static source => CSharpSyntaxTree.ParseText(source, CodeBlock.ParseOptions, encoding: Encoding.UTF8)),
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: false, nullableContextOptions: NullableContextOptions.Enable));
        CSharpGeneratorDriver.Create(Generators, parseOptions: CodeBlock.ParseOptions)
            .RunGeneratorsAndUpdateCompilation(compilation, out var output, out var ofGenerators);
        var analyzers = usage is null ? Analyzers : Analyzers.Add(new RedisUsageAnalyzer());
        var ofAnalyzers = analyzers.IsEmpty
            ? []
            : await output.WithAnalyzers(analyzers, usage).GetAnalyzerDiagnosticsAsync();
        return [.. output.GetDiagnostics(), .. ofGenerators, .. ofAnalyzers];
    }

    private static string Statements(IReadOnlyList<CodeBlock> blocks, CodeBlock? invalid)
    {
        var source = new StringBuilder(invalid?.Declarations("OfInvalidBlock")?.Contains("namespace OfInvalidBlock", StringComparison.Ordinal) == true ? "using OfInvalidBlock;\n" : "");
        source.Append("file static class Page\n{\n    internal static async Task Block0()\n    {\n");
        int count = 0;
        foreach (var block in blocks.Where(static block => block.HasStatements))
        {
            count++;
            source.Append($"await Block{count}();\nasync Task Block{count}()\n{{\n").Append(block.StatementCode);
        }

        return source.Append('}', count + 2).Append('\n').ToString();
    }

    private static IEnumerable<string> Pack(string name, string folder)
        => Directory.EnumerateFiles(Path.Combine(Newest(name), folder), "*.dll", SearchOption.AllDirectories);

    private static string Newest(string pack)
        => Directory.EnumerateDirectories(Path.Combine(Packs, pack))
            .Where(static path => Path.GetFileName(path).StartsWith($"{Environment.Version.Major}.", StringComparison.Ordinal))
            .MaxBy(static path => Version.Parse(Path.GetFileName(path).Split('-')[0]))
            ?? throw new DirectoryNotFoundException($"The SDK has no {pack} for .NET {Environment.Version.Major} in {Packs}.");

    private static Assembly JsonGenerator()
        => Assembly.LoadFrom(Path.Combine(Newest("Microsoft.NETCore.App.Ref"), "analyzers/dotnet/cs/System.Text.Json.SourceGeneration.dll"));

    private static IEnumerable<T> Of<T>(Assembly assembly)
        => assembly.GetTypes()
            .Where(static type => typeof(T).IsAssignableFrom(type) && type is { IsAbstract: false, IsClass: true })
            .Select(static type => (T)Activator.CreateInstance(type, nonPublic: true)!);
}
