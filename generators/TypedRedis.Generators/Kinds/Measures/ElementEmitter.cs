using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.Measures;

/// <summary>Emits how a member is taken from a model, written and read.</summary>
internal static class ElementEmitter
{
    public static void Emit(SourceWriter writer, ElementModel element, string entity)
    {
        string value = element.Parts.Count == 1
            ? $"entity.{element.Parts[0].Property}"
            : $"({string.Join(", ", element.Parts.Select(static part => $"entity.{part.Property}"))})";
        writer.Line($"""

            /// <inheritdoc/>
            public static {element.Type} MemberOf({entity} entity) => {value};

            /// <inheritdoc/>
            """);
        string write = $"public static SER::RedisValue WriteMember({element.Type} member, in TR::CodecContext context)";
        string read = $"public static {element.Type} ReadMember(SER::RedisValue member, in TR::CodecContext context)";
        var first = element.Parts[0];
        if (element.Parts.Count == 1 && Direct(first.Part.Kind) is { } direct)
        {
            writer.Line($"""
                {write} => {direct};

                /// <inheritdoc/>
                {read} => {(first.Part.Kind == PartKind.String ? "context.ReadTextMember(member)" : $"context.ReadIntegerMember<{first.Type}>(member)")};
                """);
            return;
        }

        Write(writer, element, write);
        writer.Line("""

            /// <inheritdoc/>
            """);
        Read(writer, element, read);
    }

    /// <summary>The member in headers: <c>Region: text, Player: integer</c>.</summary>
    public static string Header(ElementModel element)
        => "member  " + string.Join(", ", element.Parts.Select(static part => $"{part.Part.Name}: {HeaderEmitter.PartWord(part.Part)}"));

    /// <summary>The member in the manifest.</summary>
    public static string Manifest(ElementModel element)
        => $",\"member\":[{string.Join(",", element.Parts.Select(static part => $"{{\"name\":{Literals.Json(part.Part.Name)},\"type\":{Literals.Json(HeaderEmitter.PartWord(part.Part))}}}"))}]";

    // What needs no writer: the driver's own integers, and text as it is.
    private static string? Direct(PartKind kind) => kind switch
    {
        PartKind.Int64 => "member",
        PartKind.SByte or PartKind.Byte or PartKind.Int16 or PartKind.UInt16 or PartKind.Int32 or PartKind.UInt32 => "(long)member",
        PartKind.String or PartKind.UInt64 or PartKind.Int128 or PartKind.UInt128 => "context.WriteMember(member)",
        _ => null,
    };

    private static void Write(SourceWriter writer, ElementModel element, string head)
    {
        using var _ = writer.Block(head, after: "");
        writer.Line("var text = new TR::KeyWriter(stackalloc byte[TR::KeyWriter.StackSize]);");
        for (int i = 0; i < element.Parts.Count; i++)
        {
            var part = element.Parts[i];
            string value = element.Parts.Count == 1 ? "member" : part.ElementOf("member", i);
            if (part.Part.Kind is PartKind.String or PartKind.Char)
                value = $"context.MemberPart({value}, {Literals.Text(part.Part.Name)})";
            if (i > 0)
                writer.Line("text.Literal(\":\"u8);");
            writer.Line($"text.{KeyEmitter.Format(part.Part, value)};");
        }

        writer.Line("return text.ToRedisValue();");
    }

    private static void Read(SourceWriter writer, ElementModel element, string head)
    {
        var steps = new List<string>();
        foreach (var part in element.Parts)
        {
            if (steps.Count > 0)
                steps.Add("text.Literal(\":\"u8)");
            steps.Add("text." + KeyEmitter.Read(part));
        }

        steps.Add("text.End()");
        string locals = string.Join(", ", element.Parts.Select(static part => part.Local));
        string value = element.Parts.Count == 1 ? locals : $"({locals})";
        string expected = $"of the form {string.Join(":", element.Parts.Select(static part => KeyEmitter.Placeholder(part.Part)))} ({string.Join(", ", element.Parts.Select(static part => HeaderEmitter.PartWord(part.Part)))})";
        using var _ = writer.Block(head, after: "");
        writer.Line($"""
            var text = new TR::KeyReader(context.MemberBytes(member));
            return {string.Join(steps.Count <= 3 ? " && " : "\n    && ", steps)}
                ? {value}
                : throw context.UndecodableMember(member, {Literals.Text(expected)});
            """);
    }
}
