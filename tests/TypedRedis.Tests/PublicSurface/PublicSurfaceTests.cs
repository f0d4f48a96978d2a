using System.Runtime.CompilerServices;

namespace TypedRedis.Tests.PublicSurface;

/// <summary>
/// The public surface stands in text files, so that a change of it shows in the change itself. After one that is meant, copy the <c>.received.txt</c> that
/// the failing test leaves beside the file over it.
/// </summary>
public class PublicSurfaceTests
{
    [Fact]
    public void TypedRedis_has_the_surface_that_was_agreed() => Compare(typeof(RedisContext).Assembly.GetName().Name!, typeof(RedisContext));

    [Fact]
    public void TypedRedis_Testing_has_the_surface_that_was_agreed() => Compare("TypedRedis.Testing", typeof(Testing.RedisServer));

    [Fact]
    public void TypedRedis_Hosting_has_the_surface_that_was_agreed() => Compare("TypedRedis.Hosting", typeof(Hosting.TypedRedisOptions));

    private static void Compare(string name, Type anyType, [CallerFilePath] string sourceFile = "")
    {
        string folder = Path.GetDirectoryName(sourceFile)!;
        string agreedFile = Path.Combine(folder, name + ".txt");
        string receivedFile = Path.Combine(folder, name + ".received.txt");
        string received = SurfacePrinter.Print(anyType.Assembly);
        string agreed = File.Exists(agreedFile) ? File.ReadAllText(agreedFile).ReplaceLineEndings("\n") : "";
        if (agreed == received)
        {
            File.Delete(receivedFile);
            return;
        }

        File.WriteAllText(receivedFile, received);
        string[] before = agreed.Split('\n');
        string[] after = received.Split('\n');
        Assert.Fail(
            $"The public surface of {name} has changed. If that is meant, copy {name}.received.txt over {name}.txt.\n"
            + string.Join('\n', before.Except(after).Select(line => "- " + line).Concat(after.Except(before).Select(line => "+ " + line)).Take(40)));
    }
}
