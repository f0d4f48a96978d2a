using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TypedRedis.Generators.Tests.Infrastructure;

/// <summary>A source with what the generator emits for it.</summary>
internal sealed class Generated
{
    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Preview, DocumentationMode.Diagnose);

    private static readonly ImmutableArray<MetadataReference> Platform =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) is var name
                && (name.StartsWith("System.", StringComparison.Ordinal) || name is "TypedRedis.dll" or "StackExchange.Redis.dll" or "netstandard.dll" or "mscorlib.dll"))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private static readonly MetadataReference[] DependencyInjection =
    [
        MetadataReference.CreateFromFile(typeof(Microsoft.Extensions.DependencyInjection.IServiceCollection).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(Microsoft.Extensions.DependencyInjection.ServiceProvider).Assembly.Location),
    ];

    private Generated(CSharpCompilation compilation, ImmutableArray<GeneratedSourceResult> files)
    {
        Compilation = compilation;
        Files = [.. files.Select(static file => (file.HintName, file.SourceText.ToString()))];
    }

    public CSharpCompilation Compilation { get; }

    public ImmutableArray<(string HintName, string Text)> Files { get; }

    /// <summary>Runs the generator. Fails where it throws, reports, or emits code that gives any warning.</summary>
    public static Generated From(string source, string assembly = "Shop", bool withDependencyInjection = false, IEnumerable<MetadataReference>? references = null, IEnumerable<AdditionalText>? files = null)
    {
        var compilation = Compile(source, assembly, [.. references ?? [], .. withDependencyInjection ? DependencyInjection : []]);
        var driver = Driver(files: files).RunGeneratorsAndUpdateCompilation(compilation, out var output, out var diagnostics);
        var result = driver.GetRunResult().Results.Single();
        Assert.Null(result.Exception);
        Assert.Empty(diagnostics);
        var generated = new Generated((CSharpCompilation)output, result.GeneratedSources);
        generated.CheckWarnings();
        return generated;
    }

    /// <summary>Runs the generator and compares what it emits with the approved files.</summary>
    public static Generated Verify(string source, [CallerFilePath] string testFile = "", [CallerMemberName] string test = "", string assembly = "Shop", bool withDependencyInjection = false, params AdditionalText[] files)
    {
        var generated = From(source, assembly, withDependencyInjection, files: files);
        Snapshot.Verify(generated.Files, testFile, test);
        return generated;
    }

    public static CSharpCompilation Compile(string source, string assembly = "Shop", params MetadataReference[] references) => CSharpCompilation.Create(
        assembly,
        [CSharpSyntaxTree.ParseText(source, ParseOptions, "Source.cs")],
        [.. Platform, .. references],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, warningLevel: 9999));

    public static GeneratorDriver Driver(bool tracksSteps = false, IEnumerable<AdditionalText>? files = null) => CSharpGeneratorDriver.Create(
        [new TypedRedisGenerator().AsSourceGenerator()],
        additionalTexts: files,
        parseOptions: ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, tracksSteps));

    /// <summary>The one file of a run.</summary>
    public string Single() => Assert.Single(Files).Text;

    /// <summary>The emitted assembly as a reference for another compilation.</summary>
    public MetadataReference ToReference() => MetadataReference.CreateFromImage(ToImage());

    /// <summary>Loads the assembly and runs <c>Probe.Run()</c> of its source.</summary>
    public string Run()
    {
        var context = new AssemblyLoadContext(null, isCollectible: true);
        try
        {
            using var image = new MemoryStream(ToImage());
            var probe = context.LoadFromStream(image).GetType("Probe", throwOnError: true)!;
            return (string)probe.GetMethod("Run", BindingFlags.Static | BindingFlags.Public)!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, null, null)!;
        }
        finally
        {
            context.Unload();
        }
    }

    private byte[] ToImage()
    {
        using var image = new MemoryStream();
        var result = Compilation.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return image.ToArray();
    }

    private void CheckWarnings()
    {
        var complaints = Compilation.GetDiagnostics()
            .Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error
                || (diagnostic.Severity == DiagnosticSeverity.Warning && diagnostic.Location.SourceTree?.FilePath != "Source.cs"))
            .Select(static diagnostic => $"{diagnostic}\n    {diagnostic.Location.SourceTree?.GetText().Lines[diagnostic.Location.GetLineSpan().StartLinePosition.Line]}");
        Assert.True(!complaints.Any(), string.Join("\n", complaints));
    }
}
