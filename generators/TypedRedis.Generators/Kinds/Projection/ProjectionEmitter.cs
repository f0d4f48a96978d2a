using TypedRedis.Generators.Emit;

namespace TypedRedis.Generators.Kinds.Projection;

/// <summary>Emits the half of a projection that reads it.</summary>
internal static class ProjectionEmitter
{
    public static string Emit(ProjectionModel model)
    {
        var body = new SourceWriter();
        string type = model.Identity.Reference.Substring(model.Identity.Reference.LastIndexOf('.') + 1);
        string contract = $"TR::IHashProjection<{type}, {model.Entity}, {model.EntityKey}>";
        var scopes = new Stack<SourceWriter.Scope>();
        for (int i = 0; i < model.Declarations.Count; i++)
            scopes.Push(body.Block(i + 1 == model.Declarations.Count ? $"{model.Declarations[i]} : {contract}" : model.Declarations[i], after: ""));

        string fields = string.Concat(model.Fields.Select(static field => $", {field.Index}"));
        body.Line($"""
            {SourceFile.GeneratedCode}
            static TR::HashSchema {contract}.Schema {"{ get; }"} = {model.EntityMapper}.Schema.Project({Literals.Text(model.FullName)}{fields});

            {SourceFile.GeneratedCode}
            """);
        ConstructionEmitter.Emit(
            body,
            type,
            $"static {type} {contract}.Read({model.EntityKey} key, SYS::ReadOnlySpan<SER::RedisValue> values, in TR::CodecContext context)",
            model.Construction);
        while (scopes.Count > 0)
            scopes.Pop().Dispose();

        return SourceFile.Compose(
            [
                $"[RedisProjection<{model.EntityName}>] on {model.FullName}",
                $"reads   {(model.Fields.IsEmpty ? "the key alone" : string.Join(", ", model.Fields.Select(static field => field.Member)))}",
            ],
            model.Identity.Suppressed,
            [],
            model.Identity.Namespace,
            body.ToString());
    }
}
