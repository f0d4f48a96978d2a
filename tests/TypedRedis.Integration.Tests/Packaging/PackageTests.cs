using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TypedRedis.Integration.Tests.Packaging;

/// <summary>The packages, as somebody sees them who has nothing else of this repository.</summary>
public sealed partial class PackageTests(PackagedConsumer consumer) : IClassFixture<PackagedConsumer>
{
    [Fact]
    public void TypedRedis_brings_the_runtime_the_generator_and_the_driver()
    {
        using var package = Open("TypedRedis");
        Assert.Equal(
            [
                "README.md",
                "TypedRedis.nuspec",
                "analyzers/dotnet/cs/TypedRedis.Analyzers.dll",
                "analyzers/dotnet/cs/TypedRedis.CodeFixes.dll",
                "analyzers/dotnet/cs/TypedRedis.Generators.dll",
                "buildTransitive/net10.0/TypedRedis.props",
                "buildTransitive/net10.0/TypedRedis.targets",
                "lib/net10.0/TypedRedis.dll",
                "lib/net10.0/TypedRedis.xml",
            ],
            Files(package));
        Assert.Equal(
            ["Microsoft.Extensions.DependencyInjection.Abstractions 10.0.14", "Microsoft.Extensions.Logging.Abstractions 10.0.14", "StackExchange.Redis 1.2.6"],
            Dependencies(package).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TypedRedis_Analyzers_brings_no_assembly_to_reference()
    {
        using var package = Open("TypedRedis.Analyzers");
        Assert.Equal(["README.md", "TypedRedis.Analyzers.nuspec", "analyzers/dotnet/cs/TypedRedis.Analyzers.dll", "analyzers/dotnet/cs/TypedRedis.CodeFixes.dll"], Files(package));
        Assert.Empty(Dependencies(package));
    }

    [Theory]
    [InlineData("DriverAlone")]
    [InlineData("Both")]
    public async Task Calls_of_the_driver_are_looked_at_once(string project)
    {
        var build = await consumer.DotnetAsync("build", project);
        Assert.NotEqual(0, build.ExitCode);
        Assert.Matches(@"Sessions\.cs\(12,24\): error TR2001: ", build.Output);

        // The build says each error again at its end.
        Assert.Equal(2, build.Output.Split("error TR2001").Length - 1);
    }

    [Fact]
    public void TypedRedis_Testing_brings_itself_alone()
    {
        using var package = Open("TypedRedis.Testing");
        Assert.Equal(["README.md", "TypedRedis.Testing.nuspec", "lib/net10.0/TypedRedis.Testing.dll", "lib/net10.0/TypedRedis.Testing.xml"], Files(package));
        Assert.Empty(Dependencies(package));
    }

    [Fact]
    public void TypedRedis_Hosting_brings_TypedRedis_with_its_generator()
    {
        using var package = Open("TypedRedis.Hosting");
        Assert.Equal(["README.md", "TypedRedis.Hosting.nuspec", "lib/net10.0/TypedRedis.Hosting.dll", "lib/net10.0/TypedRedis.Hosting.xml"], Files(package));
        Assert.Equal(
            [
                $"TypedRedis {consumer.Version}",
                "Microsoft.Extensions.Configuration.Abstractions 10.0.14",
                "Microsoft.Extensions.DependencyInjection.Abstractions 10.0.14",
                "Microsoft.Extensions.Diagnostics.HealthChecks 10.0.14",
                "Microsoft.Extensions.Hosting.Abstractions 10.0.14",
                "Microsoft.Extensions.Logging.Abstractions 10.0.14",
                "Microsoft.Extensions.Options 10.0.14",
                "StackExchange.Redis 1.2.6",
            ],
            Dependencies(package));
        Assert.DoesNotContain(DependencyElements(package), dependency => dependency.Attribute("id")!.Value == "TypedRedis" && dependency.Attribute("exclude") is not null);
    }

    [Fact]
    public void The_debugger_finds_symbols()
    {
        foreach (var id in new[] { "TypedRedis", "TypedRedis.Hosting", "TypedRedis.Testing" })
        {
            using var package = Open(id, "snupkg");
            Assert.Contains($"lib/net10.0/{id}.pdb", Files(package));
        }
    }

    [Fact]
    public async Task A_project_with_the_package_builds_without_warnings_and_runs_also_trimmed()
    {
        var build = await consumer.DotnetAsync("build", "Shop", "-warnaserror");
        Assert.Contains("0 Warning(s)", build.Succeeded());
        await consumer.RunAsync(consumer.PlatformFolder("Shop/bin/Release/net10.0"), "Shop");

        var publish = await consumer.DotnetAsync("publish", "Shop", "--no-restore", "-o", "published");
        Assert.Equal(ExpectedTrimWarnings, TrimWarnings(publish.Succeeded()));
        await consumer.RunAsync("published", "Shop");

        // What the program does not use was trimmed before it was looked at. Now all of it.
        var whole = await consumer.DotnetAsync("publish", "Shop", "--no-restore", "-o", "whole", "-p:WholeLibrary=true");
        Assert.Equal(ExpectedTrimWarnings, TrimWarnings(whole.Succeeded()));
    }

    [Fact]
    public async Task Wrong_models_are_errors_at_the_place()
    {
        var build = await consumer.DotnetAsync("build", "Wrong");
        Assert.NotEqual(0, build.ExitCode);
        Assert.Matches(@"Account\.cs\(4,22\): error TR1001: .*'Idd'", build.Output);

        // In a script's file.
        Assert.Matches(@"next\.lua\(2,33\): error TR1047: .*counter \.\. ':next'", build.Output);
        Assert.Matches(@"next\.lua\(3,8\): error TR1045: .*'nxt'.*'next'", build.Output);

        // Only in projects that say that they are trimmed or AOT, which the package's props let the analyzer know.
        Assert.Matches(@"Basket\.cs\(5,\d+\): error TR1021: .*Lines", build.Output);
    }

    /// <summary>
    /// The program's own canary, and nothing else. The driver, in 1.2.6, has two as well, IL2067 in <c>ScriptParameterMapper</c>; it belongs to <c>LuaScript</c>, which
    /// TypedRedis does not use, so that nobody sees them who does not use it either. That is why nothing needs to be tolerated here.
    /// </summary>
    private static readonly string[] ExpectedTrimWarnings = ["IL2057 Shop.Canary.Find(String)"];

    private static string[] TrimWarnings(string log)
        => [.. TrimWarning().Matches(log).Select(warning => $"{warning.Groups["id"]} {warning.Groups["member"]}").Distinct().Order(StringComparer.Ordinal)];

    [GeneratedRegex(@"warning (?<id>IL\d{4}): (?<member>.+?): ")]
    private static partial Regex TrimWarning();

    private ZipArchive Open(string id, string extension = "nupkg") => ZipFile.OpenRead(Path.Combine(consumer.Feed, $"{id}.{consumer.Version}.{extension}"));

    /// <summary>Without what every package has by its format.</summary>
    private static string[] Files(ZipArchive package) =>
    [
        .. package.Entries.Select(entry => entry.FullName)
            .Where(name => name != "[Content_Types].xml" && !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private static string[] Dependencies(ZipArchive package)
        => [.. DependencyElements(package).Select(element => $"{element.Attribute("id")!.Value} {element.Attribute("version")!.Value}")];

    private static XElement[] DependencyElements(ZipArchive package)
    {
        using var nuspec = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return [.. XDocument.Load(nuspec).Descendants().Where(element => element.Name.LocalName == "dependency")];
    }
}
