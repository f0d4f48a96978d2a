namespace TypedRedis.Generators.Tests.Docs;

/// <summary>The files of the repository that the tests run in.</summary>
internal static class Repository
{
    /// <summary>How README.md, which is also the package's readme, refers to files of the repository.</summary>
    public const string Url = "https://github.com/typedredis/typedredis/blob/main/";

    public static string Root { get; } = FindRoot();

    /// <summary>The Markdown files that readers get to see, relative to the root, with forward slashes.</summary>
    public static IReadOnlyList<string> Pages { get; } =
    [
        .. new[] { "README.md", "CONTRIBUTING.md", "CHANGELOG.md" }
            .Select(static name => Path.Combine(Root, name))
            .Concat(Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Where(File.Exists)
            .Select(static path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    private static string FindRoot()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "TypedRedis.sln")))
                return directory.FullName;
        }

        throw new DirectoryNotFoundException($"No directory above {AppContext.BaseDirectory} has TypedRedis.sln in it.");
    }
}
