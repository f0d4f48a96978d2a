using TypedRedis.Generators.Kinds;

namespace TypedRedis.Generators.Emit;

/// <summary>Emits the file of a declaration that has errors.</summary>
internal static class ShellEmitter
{
    public static string Emit(BrokenModel model)
    {
        var body = new SourceWriter();
        foreach (var (_, declaration) in model.Shells)
        {
            body.Line($"""
                /// <summary>Empty until the declaration of its model is right.</summary>
                {SourceFile.GeneratedCode}
                {declaration};
                """);
            body.Line();
        }

        return SourceFile.Compose(
            [$"The declaration of {model.FullName} has errors: see the TR diagnostics. Until then its types are empty."], [], [], model.Identity.Namespace, body.ToString());
    }
}
