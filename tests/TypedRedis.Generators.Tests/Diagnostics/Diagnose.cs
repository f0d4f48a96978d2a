using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Diagnostics;

/// <summary>
/// Runs the generator and the definition analyzer over a source and compares what they say with what the source expects:
/// <c>{|TR1001:text|}</c> is a diagnostic at the text. Without markup, none is expected.
/// </summary>
internal static class Diagnose
{
    private const string Preamble = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading.Tasks;
        global using TypedRedis;
        """;

    // Before the generator runs: a partial member without its other half, and a type that is emitted.
    public const string MissingHalf = "CS8795";
    public const string MissingPropertyHalf = "CS9248";
    public const string MissingType = "CS0246";

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Preview, DocumentationMode.None);

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) is var name
                && (name.StartsWith("System.", StringComparison.Ordinal) || name is "TypedRedis.dll" or "StackExchange.Redis.dll" or "netstandard.dll" or "mscorlib.dll"))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Checks a source with markup. Gives the diagnostics in the order of the source, for tests that look at the messages.</summary>
    public static async Task<ImmutableArray<Diagnostic>> Verify(string markup, params (string Name, string Value)[] properties)
    {
        Assert.Empty(Compile(Markup.Strip(markup).Source).GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Id is not (MissingHalf or MissingPropertyHalf or MissingType)));
        return await VerifyUnbound(markup, properties);
    }

    /// <summary>Checks a source with markup that does not compile by itself, because it uses what is emitted.</summary>
    public static async Task<ImmutableArray<Diagnostic>> VerifyUnbound(string markup, params (string Name, string Value)[] properties)
    {
        var (source, expected) = Markup.Strip(markup);
        var compilation = Compile(source);

        // Suggestions are made everywhere, and are looked at only where they are the point.
        var diagnostics = await RunAsync(compilation, properties);
        foreach (var suggestion in new[] { Rules.NoExpiry, Rules.IndexSlot })
        {
            if (!markup.Contains(suggestion.Id, StringComparison.Ordinal))
                diagnostics = diagnostics.RemoveAll(diagnostic => diagnostic.Id == suggestion.Id);
        }

        Assert.Equal(expected, Markup.Of(source, diagnostics));
        return diagnostics;
    }

    /// <summary>Checks a source and a file beside it, <c>script.lua</c>, both with markup.</summary>
    public static async Task<ImmutableArray<Diagnostic>> VerifyWithScript(string markup, string scriptMarkup, string path = "script.lua")
    {
        var (source, expected) = Markup.Strip(markup);
        var (script, expectedScript) = Markup.Strip(scriptMarkup);
        var compilation = Compile(source);
        Assert.Empty(compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Id is not (MissingHalf or MissingPropertyHalf or MissingType)));
        var diagnostics = await RunAsync(compilation, [new LuaText(path, script)]);
        var inScript = diagnostics.Where(static diagnostic => diagnostic.Location.Kind == LocationKind.ExternalFile).ToArray();
        Assert.Equal(expected, Markup.Of(source, diagnostics.Except(inScript)));
        Assert.Equal(expectedScript, Markup.Of(script, inScript));
        Assert.All(inScript, diagnostic => Assert.Equal(path, diagnostic.Location.GetLineSpan().Path));
        return diagnostics;
    }

    /// <summary>Checks that what is emitted for a source with markup compiles, whatever is wrong with the source: else the compiler would not come to say so.</summary>
    public static void VerifyEmitted(string markup, bool declarationsAlone = false)
    {
        var compilation = Compile(Markup.Strip(markup).Source);
        CSharpGeneratorDriver.Create([new TypedRedisGenerator().AsSourceGenerator()], [], ParseOptions)
            .RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);
        Assert.Empty((declarationsAlone ? output.GetDeclarationDiagnostics() : output.GetDiagnostics()).Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
    }

    /// <summary>The message of the one diagnostic of a source with markup.</summary>
    public static async Task<string> Message(string markup) => Assert.Single(await Verify(markup)).GetMessage();

    public static CSharpCompilation Compile(string source, string assembly = "Shop", params MetadataReference[] references) => CSharpCompilation.Create(
        assembly,
        [CSharpSyntaxTree.ParseText(Preamble, ParseOptions, "Usings.cs"), CSharpSyntaxTree.ParseText(source, ParseOptions, "Source.cs")],
        [.. References, .. references],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, concurrentBuild: true));

    /// <summary>What the analyzer says of a compilation and of what the generator adds to it. Fails where either throws.</summary>
    public static Task<ImmutableArray<Diagnostic>> RunAsync(CSharpCompilation compilation, params (string Name, string Value)[] properties)
        => RunAsync(compilation, [], properties);

    /// <inheritdoc cref="RunAsync(CSharpCompilation, ValueTuple{string, string}[])"/>
    public static async Task<ImmutableArray<Diagnostic>> RunAsync(CSharpCompilation compilation, ImmutableArray<AdditionalText> files, params (string Name, string Value)[] properties)
    {
        var options = new Options(properties);
        CSharpGeneratorDriver.Create([new TypedRedisGenerator().AsSourceGenerator()], files, ParseOptions, options)
            .RunGeneratorsAndUpdateCompilation(compilation, out var output, out var ofGenerator);
        Assert.Empty(ofGenerator);

        var exceptions = new List<Exception>();
        var analyzers = output.WithAnalyzers(
            [new DefinitionAnalyzer()],
            new CompilationWithAnalyzersOptions(
                new AnalyzerOptions(files, options),
                onAnalyzerException: (exception, _, _) => { lock (exceptions) exceptions.Add(exception); },
                concurrentAnalysis: true,
                logAnalyzerExecutionTime: false));
        var diagnostics = await analyzers.GetAnalyzerDiagnosticsAsync();
        Assert.Empty(exceptions);
        Assert.DoesNotContain(diagnostics, static diagnostic => diagnostic.Id.StartsWith("AD", StringComparison.Ordinal));
        return [.. diagnostics.OrderBy(static diagnostic => diagnostic.Location.SourceSpan.Start).ThenBy(static diagnostic => diagnostic.Id, StringComparer.Ordinal)];
    }

    private sealed class Options((string Name, string Value)[] properties) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(properties);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Values((string Name, string Value)[] properties) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, out string value)
            {
                value = properties.FirstOrDefault(property => "build_property." + property.Name == key).Value!;
                return value is not null;
            }
        }
    }
}
