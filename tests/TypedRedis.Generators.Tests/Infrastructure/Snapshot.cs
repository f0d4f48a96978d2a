using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace TypedRedis.Generators.Tests.Infrastructure;

/// <summary>
/// Compares emitted files with those that were approved, by Verify's conventions: <c>{Class}.{Test}#{HintName}.verified.cs</c> stands beside the test; where a file
/// differs, <c>….received.cs</c> is written beside it and the test fails. Rename the received file to approve it, or run the tests once with
/// <c>TYPEDREDIS_APPROVE=1</c>.
/// </summary>
internal static partial class Snapshot
{
    private static readonly bool Approves = Environment.GetEnvironmentVariable("TYPEDREDIS_APPROVE") == "1";

    public static void Verify(IEnumerable<(string HintName, string Text)> files, [CallerFilePath] string testFile = "", [CallerMemberName] string test = "")
    {
        string directory = Path.GetDirectoryName(testFile)!;
        string prefix = $"{Path.GetFileNameWithoutExtension(testFile)}.{test}#";
        var differences = new List<string>();
        var expected = Directory.GetFiles(directory, prefix + "*.verified.cs").Select(Path.GetFileName).ToHashSet()!;
        foreach (var (hintName, text) in files)
        {
            string name = prefix + Path.GetFileNameWithoutExtension(hintName);
            string received = Path.Combine(directory, name + ".received.cs"), verified = Path.Combine(directory, name + ".verified.cs");
            string actual = $"//HintName: {hintName}\n{ToolVersion().Replace(text, "$1{version}")}";
            expected.Remove(name + ".verified.cs");
            if (File.Exists(verified) && File.ReadAllText(verified) == actual)
            {
                File.Delete(received);
            }
            else if (Approves)
            {
                File.WriteAllText(verified, actual);
                File.Delete(received);
            }
            else
            {
                File.WriteAllText(received, actual);
                differences.Add(File.Exists(verified) ? $"{name} differs: {FirstDifference(File.ReadAllText(verified), actual)}" : $"{name} is new");
            }
        }

        foreach (string? missing in expected)
        {
            if (Approves)
                File.Delete(Path.Combine(directory, missing!));
            else
                differences.Add($"{missing} was not emitted");
        }

        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    private static string FirstDifference(string verified, string received)
    {
        string[] old = verified.Split('\n'), now = received.Split('\n');
        int line = old.Zip(now).TakeWhile(static pair => pair.First == pair.Second).Count();
        return $"line {line + 1}\n  - {old.ElementAtOrDefault(line)}\n  + {now.ElementAtOrDefault(line)}";
    }

    [GeneratedRegex("(GeneratedCode\\(\"TypedRedis.Generators\", \")[0-9.]+")]
    private static partial Regex ToolVersion();
}
