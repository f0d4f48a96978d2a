using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using TypedRedis.Analyzers;
using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Usage;

/// <summary>Runs the analyzer of Redis calls over a source with markup (see <see cref="Markup"/>), on each of the drivers, and code fixes.</summary>
internal static class Use
{
    private const string Preamble = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using StackExchange.Redis;
        """;

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Preview, DocumentationMode.None);

    private static readonly ImmutableArray<MetadataReference> Framework =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(static path => Path.GetFileName(path) is var name
                && (name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal) || name is "netstandard.dll" or "mscorlib.dll"))
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ];

    private static readonly MetadataReference Runtime = MetadataReference.CreateFromFile(typeof(RedisContext).Assembly.Location);

    /// <summary>The drivers: the oldest, the last 2.x and the newest.</summary>
    public static IReadOnlyDictionary<string, MetadataReference> Drivers { get; } = typeof(Use).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Where(static metadata => metadata.Key.StartsWith("Driver ", StringComparison.Ordinal))
        .ToDictionary(static metadata => metadata.Key["Driver ".Length..], static metadata => (MetadataReference)MetadataReference.CreateFromFile(metadata.Value!));

    /// <summary>Checks statements with markup, in a method that has <c>IDatabase db</c>, <c>IServer server</c>, <c>ISubscriber subscriber</c>, <c>string id</c> and <c>string[] ids</c>.</summary>
    public static Task<ImmutableArray<Diagnostic>> VerifyStatements(string markup, params (string Name, string Value)[] options) => Verify(Wrap(markup), options);

    /// <summary>Checks a source with markup on every driver that it compiles with, which are all but for members that an older one lacks.</summary>
    public static async Task<ImmutableArray<Diagnostic>> Verify(string markup, params (string Name, string Value)[] options)
    {
        var (source, expected) = Markup.Strip(markup);
        ImmutableArray<Diagnostic> last = [];
        int compiled = 0;
        foreach (var (version, driver) in Drivers.OrderBy(static driver => driver.Key, StringComparer.Ordinal))
        {
            var compilation = Compile(source, driver);
            var errors = compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToArray();
            if (errors.Length > 0 && version.StartsWith('1'))
                continue;

            Assert.Empty(errors);
            compiled++;
            last = await RunAsync(compilation, options);
            Assert.Equal(expected, Markup.Of(source, last));
        }

        Assert.True(compiled > 0);
        return last;
    }

    /// <summary>Checks a source with markup that has models.</summary>
    /// <param name="markup">The source.</param>
    /// <param name="except">Diagnostics that are not looked at.</param>
    public static async Task VerifyModels(string markup, params string[] except)
    {
        var (source, expected) = Markup.Strip("using TypedRedis;\n" + markup);
        var found = await RunAsync(CompileWithModels(source["using TypedRedis;\n".Length..]));
        Assert.Equal(expected, Markup.Of(source, found.Where(diagnostic => !except.Contains(diagnostic.Id))));
    }

    /// <summary>What the one diagnostic of a source says.</summary>
    public static async Task<string> Message(string markup) => Assert.Single(await Verify(markup)).GetMessage();

    /// <summary>
    /// Applies the fix of the first diagnostic that it fixes, or of all, and compares. The result compiles on every driver that the source compiles on, and has a diagnostic less, or
    /// as many as are left.
    /// </summary>
    public static async Task VerifyFix(CodeFixProvider fix, string before, string after, bool all = false, int action = 0, int left = 0, bool isNewest = false)
    {
        string original = Markup.Strip(before).Source;
        string source = original;
        int round = 0;
        do
        {
            if (await ApplyAsync(fix, source, action) is not { } changed)
                break;

            source = changed;
        }
        while (all && ++round < 20);

        Assert.Equal(after, source);
        int compiled = 0;
        foreach (var (version, driver) in Drivers)
        {
            if (isNewest && version.StartsWith('1'))
                continue;

            var compilation = Compile(original, driver);
            if (Errors(compilation).Any())
                continue;

            var result = Compile(source, driver);
            Assert.Empty(Errors(result));
            Assert.Equal(all ? left : await CountAsync(compilation) - 1, await CountAsync(result));
            compiled++;
        }

        Assert.True(compiled > 0);

        static IEnumerable<Diagnostic> Errors(Compilation compilation) => compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);

        async Task<int> CountAsync(Compilation compilation) => (await RunAsync(compilation)).Count(diagnostic => fix.FixableDiagnosticIds.Contains(diagnostic.Id));
    }

    /// <inheritdoc cref="VerifyFix"/>
    public static Task VerifyFixOfStatements(CodeFixProvider fix, string before, string after, bool all = false, int action = 0) => VerifyFix(fix, Wrap(before), Wrap(after), all, action);

    /// <summary>The same of a source with models. Where no result is given, no fix is offered.</summary>
    public static async Task VerifyFixOfModels(CodeFixProvider fix, string before, string? after)
    {
        var (source, expected) = Markup.Strip("using TypedRedis;\n" + before);
        Assert.Contains(fix.FixableDiagnosticIds, id => expected.Contains(id, StringComparison.Ordinal));
        string? changed = await ApplyAsync(fix, source, action: 0, hasModels: true);
        Assert.Equal(after is null ? null : "using TypedRedis;\n" + after, changed);
        if (after is not null)
            CompileWithModels(after);
    }

    /// <summary>Checks that a fix is not offered for diagnostics that there are.</summary>
    public static async Task VerifyNoFix(CodeFixProvider fix, string markup)
    {
        var (source, expected) = Markup.Strip(markup);
        Assert.Contains(fix.FixableDiagnosticIds, id => expected.Contains(id, StringComparison.Ordinal));
        Assert.Null(await ApplyAsync(fix, source, action: 0));
    }

    /// <inheritdoc cref="VerifyNoFix"/>
    public static Task VerifyNoFixOfStatements(CodeFixProvider fix, string markup) => VerifyNoFix(fix, Wrap(markup));

    /// <summary>What the analyzer says of a compilation. Fails where it throws.</summary>
    public static async Task<ImmutableArray<Diagnostic>> RunAsync(Compilation compilation, params (string Name, string Value)[] options)
    {
        var exceptions = new List<Exception>();
        var analyzers = compilation.WithAnalyzers(
            [new RedisUsageAnalyzer()],
            new CompilationWithAnalyzersOptions(
                OptionsOf(options),
                onAnalyzerException: (exception, _, _) => { lock (exceptions) exceptions.Add(exception); },
                concurrentAnalysis: true,
                logAnalyzerExecutionTime: false));
        var diagnostics = await analyzers.GetAnalyzerDiagnosticsAsync();
        Assert.Empty(exceptions);
        return [.. diagnostics.OrderBy(static diagnostic => diagnostic.Location.SourceSpan.Start).ThenBy(static diagnostic => diagnostic.Id, StringComparer.Ordinal)];
    }

    /// <summary>What <c>.editorconfig</c> says.</summary>
    public static AnalyzerOptions OptionsOf(params (string Name, string Value)[] options) => new([], new Options(options));

    public static CSharpCompilation Compile(string source, MetadataReference? driver) => CSharpCompilation.Create(
        "Shop",
        [CSharpSyntaxTree.ParseText(driver is null ? Preamble.Replace("global using StackExchange.Redis;", "", StringComparison.Ordinal) : Preamble, ParseOptions, "Usings.cs"), CSharpSyntaxTree.ParseText(source, ParseOptions, "Source.cs")],
        driver is null ? [.. Framework] : [.. Framework, driver],
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, concurrentBuild: true));

    /// <summary>The same with the runtime referenced and the generator run, for what rules know of models.</summary>
    public static Compilation CompileWithModels(string source)
    {
        var compilation = CompileWithRuntime(source);
        CSharpGeneratorDriver.Create([new TypedRedisGenerator().AsSourceGenerator()], [], ParseOptions).RunGeneratorsAndUpdateCompilation(compilation, out var output, out _);
        Assert.Empty(output.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        return output;
    }

    /// <summary>A source with the runtime referenced, whether or not it compiles.</summary>
    public static Compilation CompileWithRuntime(string source) => Compile("using TypedRedis;\n" + source, Drivers["1.2.6"]).AddReferences(Runtime);

    /// <summary>Asks each of some fixes for each diagnostic of a source that may not compile, with the runtime referenced, and makes what they offer. Fails where one throws; gives how many were offered.</summary>
    public static async Task<int> OfferAsync(IReadOnlyList<CodeFixProvider> fixes, string source)
    {
        using var workspace = new AdhocWorkspace();
        var project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "Shop", "Shop", LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable),
            parseOptions: ParseOptions,
            metadataReferences: [.. Framework, Drivers["1.2.6"], Runtime]));
        workspace.AddDocument(project.Id, "Usings.cs", SourceText.From(Preamble));
        var document = workspace.AddDocument(project.Id, "Source.cs", SourceText.From(source));
        int count = 0;
        foreach (var diagnostic in await RunAsync((await document.Project.GetCompilationAsync())!))
        {
            foreach (var fix in fixes.Where(fix => fix.FixableDiagnosticIds.Contains(diagnostic.Id)))
            {
                var actions = new List<CodeAction>();
                await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (offered, _) => actions.Add(offered), CancellationToken.None));
                foreach (var action in actions)
                {
                    await action.GetOperationsAsync(CancellationToken.None);
                    count++;
                }
            }
        }

        return count;
    }

    /// <summary>
    /// Lets the editor's "fix all" run over a document, a project or a solution: of two projects, the first with two documents. Gives their texts, which compile, and in which nothing is left
    /// that the fix could do where it ran. Models are those of both projects.
    /// </summary>
    public static async Task<string[]> FixAllAsync(CodeFixProvider fix, FixAllScope scope, string one, string two, string other, string? models = null)
    {
        using var workspace = new AdhocWorkspace();
        DocumentId[] ids = [.. Add(workspace, "One", models, one, two), .. Add(workspace, "Other", models, other)];
        var document = workspace.CurrentSolution.GetDocument(ids[0])!;
        var provider = fix.GetFixAllProvider()!;
        Assert.Contains(scope, provider.GetSupportedFixAllScopes());
        string key = await TitleAsync(fix, document) ?? throw new InvalidOperationException("There is no fix in the first document.");
        var context = new FixAllContext(document, fix, scope, key, fix.FixableDiagnosticIds, new Diagnoses(), CancellationToken.None);
        var action = (await provider.GetFixAsync(context))!;
        var changed = Assert.Single((await action.GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>()).ChangedSolution;
        var texts = new List<string>();
        foreach (var id in ids)
        {
            var after = changed.GetDocument(id)!;
            Assert.Empty((await after.Project.GetCompilationAsync())!.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
            if (scope == FixAllScope.Solution || (scope == FixAllScope.Project && id.ProjectId == ids[0].ProjectId) || id == ids[0])
                Assert.Null(await TitleAsync(fix, after));
            texts.Add((await after.GetTextAsync()).ToString());
        }

        return [.. texts];
    }

    private static IEnumerable<DocumentId> Add(AdhocWorkspace workspace, string name, string? models, params string[] sources)
    {
        var project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, name, name, LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable),
            parseOptions: ParseOptions,
            metadataReferences: models is not null ? [.. Framework, Drivers["1.2.6"], Runtime] : [.. Framework, Drivers.OrderBy(static driver => driver.Key, StringComparer.Ordinal).Last().Value]));
        workspace.AddDocument(project.Id, "Usings.cs", SourceText.From(Preamble));
        if (models is not null)
        {
            workspace.AddDocument(project.Id, "Models.cs", SourceText.From("using TypedRedis;\n" + models));
            AddEmitted(workspace, project.Id, models);
        }

        foreach (var (index, source) in sources.Index())
            yield return workspace.AddDocument(project.Id, $"Source{index}.cs", SourceText.From(source)).Id;
    }

    // What the generator makes of models.
    private static void AddEmitted(AdhocWorkspace workspace, ProjectId project, string models)
    {
        foreach (var emitted in CompileWithModels(models).SyntaxTrees.Where(static tree => tree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal)))
            workspace.AddDocument(project, Path.GetFileName(emitted.FilePath), emitted.GetText());
    }

    // Of the first fix that is offered.
    private static async Task<string?> TitleAsync(CodeFixProvider fix, Document document)
    {
        foreach (var diagnostic in await new Diagnoses().GetDocumentDiagnosticsAsync(document, CancellationToken.None))
        {
            var actions = new List<CodeAction>();
            if (fix.FixableDiagnosticIds.Contains(diagnostic.Id))
                await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (offered, _) => actions.Add(offered), CancellationToken.None));
            if (actions.Count > 0)
                return actions[0].EquivalenceKey;
        }

        return null;
    }

    private sealed class Diagnoses : FixAllContext.DiagnosticProvider
    {
        public override async Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken)
            => await RunAsync((await project.GetCompilationAsync(cancellationToken))!);

        public override async Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken)
        {
            var tree = await document.GetSyntaxTreeAsync(cancellationToken);
            return (await GetAllDiagnosticsAsync(document.Project, cancellationToken)).Where(diagnostic => diagnostic.Location.SourceTree == tree);
        }

        public override async Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken)
            => (await GetAllDiagnosticsAsync(project, cancellationToken)).Where(static diagnostic => !diagnostic.Location.IsInSource);
    }

    private static string Wrap(string statements) => $$"""
        class Service(IDatabase db, IServer server, ISubscriber subscriber)
        {
            async Task Run(string id, string[] ids)
            {
                {{statements.ReplaceLineEndings("\n        ")}}
                await Task.Yield();
            }
        }
        """;

    private static async Task<string?> ApplyAsync(CodeFixProvider fix, string source, int action, bool hasModels = false)
    {
        using var workspace = new AdhocWorkspace();
        var project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "Shop", "Shop", LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable),
            parseOptions: ParseOptions,
            metadataReferences: hasModels ? [.. Framework, Drivers["1.2.6"], Runtime] : [.. Framework, Drivers.OrderBy(static driver => driver.Key, StringComparer.Ordinal).Last().Value]));
        workspace.AddDocument(project.Id, "Usings.cs", SourceText.From(Preamble));
        if (hasModels)
            AddEmitted(workspace, project.Id, source["using TypedRedis;\n".Length..]);

        var document = workspace.AddDocument(project.Id, "Source.cs", SourceText.From(source));
        var compilation = (await document.Project.GetCompilationAsync())!;
        foreach (var diagnostic in (await RunAsync(compilation)).Where(diagnostic => fix.FixableDiagnosticIds.Contains(diagnostic.Id)))
        {
            var actions = new List<CodeAction>();
            await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (offered, _) => actions.Add(offered), CancellationToken.None));
            if (actions.Count <= action)
                continue;

            var operation = Assert.Single((await actions[action].GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>());
            return (await operation.ChangedSolution.GetDocument(document.Id)!.GetTextAsync()).ToString();
        }

        return null;
    }

    private sealed class Options((string Name, string Value)[] options) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(options);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => GlobalOptions;

        private sealed class Values((string Name, string Value)[] options) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, out string value)
            {
                value = options.FirstOrDefault(option => option.Name == key).Value!;
                return value is not null;
            }
        }
    }
}
