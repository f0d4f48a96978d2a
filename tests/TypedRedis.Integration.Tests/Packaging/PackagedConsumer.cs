using System.Reflection;
using System.Text.Json;
using System.Xml.Linq;

namespace TypedRedis.Integration.Tests.Packaging;

/// <summary>The packages in a feed of their own, and the projects of <c>Consumer</c> outside the repository, where they have nothing else of it.</summary>
public sealed class PackagedConsumer : IAsyncLifetime
{
    private static readonly string Repository = RepositoryRoot();
    private static readonly string Configuration = typeof(PackagedConsumer).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    private readonly string _root = Directory.CreateTempSubdirectory("typedredis-packages-").FullName;

    /// <summary>One that no machine has in its package cache.</summary>
    public string Version { get; } = $"0.0.0-test.{Guid.NewGuid():N}";

    public string Feed => Path.Combine(_root, "feed");

    private string Consumer => Path.Combine(_root, "consumer");

    public async Task InitializeAsync()
    {
        foreach (var project in new[] { "src/TypedRedis", "src/TypedRedis.Hosting", "src/TypedRedis.Testing", "generators/TypedRedis.CodeFixes" })
        {
            // What was built together with this test.
            var packed = await CommandLine.DotnetAsync(
                Repository, "pack", project, "--no-build", "-c", Configuration, "-o", Feed,
                $"-p:PackageVersion={Version}", $"-p:NuspecOutputPath={Path.Combine(_root, "nuspec")}/");
            packed.Succeeded();
        }

        Copy(Path.Combine(Repository, "tests", "TypedRedis.Integration.Tests", "Packaging", "Consumer"), Consumer);
    }

    public Task DisposeAsync()
    {
        // The packages of this run are also in the machine's cache, and nobody will ask for them again.
        foreach (var assets in Directory.EnumerateFiles(Consumer, "project.assets.json", SearchOption.AllDirectories))
        {
            foreach (var folder in PackageFolders(assets))
            {
                foreach (var package in Directory.EnumerateDirectories(folder, "typedredis*").Select(package => Path.Combine(package, Version)).Where(Directory.Exists))
                    Directory.Delete(package, recursive: true);
            }
        }

        Directory.Delete(_root, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Runs a command of the SDK on a project of the consumer.</summary>
    internal Task<CommandResult> DotnetAsync(string command, string project, params string[] arguments) => CommandLine.DotnetAsync(
        Consumer, [command, project, "-c", "Release", $"-p:TypedRedisVersion={Version}", $"-p:DependencyInjectionVersion={DependencyInjectionVersion()}", .. arguments]);

    /// <summary>Runs a program that was built; it prints nothing but OK.</summary>
    internal async Task RunAsync(params string[] path)
    {
        var program = Path.Combine([Consumer, .. path]);
        var result = await CommandLine.RunAsync(program, Consumer);
        Assert.Equal("OK", result.Succeeded().Trim());
    }

    /// <summary>The folder, relative to the consumer, in which a build for this platform lies.</summary>
    internal string PlatformFolder(string folder) => Path.Combine(folder, Path.GetFileName(Assert.Single(Directory.GetDirectories(Path.Combine(Consumer, folder)))));

    private static string DependencyInjectionVersion() => XDocument.Load(Path.Combine(Repository, "Directory.Packages.props"))
        .Descendants("PackageVersion").Single(package => package.Attribute("Include")?.Value == "Microsoft.Extensions.DependencyInjection").Attribute("Version")!.Value;

    private static string[] PackageFolders(string assets)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(assets));
        return [.. document.RootElement.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name)];
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.EnumerateDirectories(from).Where(folder => Path.GetFileName(folder) is not ("bin" or "obj")))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "TypedRedis.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"{AppContext.BaseDirectory} is in no copy of the repository.");
    }
}
