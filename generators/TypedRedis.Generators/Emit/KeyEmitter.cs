using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Emit;

/// <summary>Emits a key struct. Shared by all kinds.</summary>
internal static class KeyEmitter
{
    public static void Emit(SourceWriter writer, KeyModel key, ModelIdentity model)
    {
        string cref = $"<see cref=\"{model.Reference}\"/>";
        writer.Line($"/// <summary>The key of a {cref}: <c>{Literals.Xml(key.Template.Layout)}</c>.</summary>");
        writer.Line(SourceFile.GeneratedCode);
        using (writer.Block($"{model.Modifier} readonly record struct {key.Name} : TR::IRedisKey<{key.Name}>", after: ""))
        {
            Constructor(writer, key);
            foreach (var part in key.Parts)
            {
                writer.Line($"""

                    /// <summary>The part <c>{Literals.Xml(Placeholder(part.Part))}</c>.</summary>
                    public {part.Type} {part.Property} {"{ get; }"}
                    """);
            }

            Conversion(writer, key);
            writer.Line($"""

                /// <inheritdoc/>
                public static string Pattern => {Literals.Text(key.Template.Pattern)};

                /// <inheritdoc/>
                public SER::RedisKey ToRedisKey()
                """);
            using (writer.Block())
            {
                writer.Line("var key = new TR::KeyWriter(stackalloc byte[TR::KeyWriter.StackSize]);");
                var parts = key.Parts.GetEnumerator();
                foreach (var segment in key.Template.Segments)
                {
                    if (segment is KeyLiteral literal)
                    {
                        writer.Line($"key.Literal({Literals.Text(literal.Text)}u8);");
                    }
                    else
                    {
                        parts.MoveNext();
                        writer.Line($"key.{Format(parts.Current.Part, parts.Current.Property == "key" ? "this.key" : parts.Current.Property)};");
                    }
                }

                writer.Line("return key.ToRedisKey();");
            }

            writer.Line($"""

                /// <summary>The key as text, without any prefix.</summary>
                public override string ToString() => ToRedisKey().ToString();

                /// <inheritdoc/>
                public static bool TryParse(SYS::ReadOnlySpan<char> key, out {key.Name} result) => TR::KeyPart.TryParse(key, out result);

                /// <inheritdoc/>
                public static bool TryParse(SYS::ReadOnlySpan<byte> utf8Key, out {key.Name} result)
                """);
            Parse(writer, key);
        }
    }

    /// <summary>A key of the values of its parts, where they are members of <paramref name="owner"/>.</summary>
    public static string New(KeyModel key, string owner)
        => key.Parts.Count == 1
            ? $"new({owner}.{key.Parts[0].Property})"
            : $"new({string.Join(", ", key.Parts.Select(part => $"{owner}.{part.Property}"))})";

    /// <summary>A key of what identifies an entity: the part's value, or a tuple of several.</summary>
    public static string NewFromParts(KeyModel key, string parts)
        => key.Parts.Count == 1
            ? $"new {key.Name}({parts})"
            : $"new {key.Name}({string.Join(", ", key.Parts.Select((part, index) => part.ElementOf(parts, index)))})";

    /// <summary>The part as it stands in the template.</summary>
    public static string Placeholder(KeyPart part) => $"{{{(part.IsTag ? "#" : "")}{part.Name}{(part.Format is null ? "" : ":" + part.Format)}}}";

    private static void Constructor(SourceWriter writer, KeyModel key)
    {
        string parameters = string.Join(", ", key.Parts.Select(static part => $"{part.Type} {part.Parameter}"));
        writer.Line("/// <summary>Makes a key of its parts.</summary>");
        if (key.Parts.Count == 1)
        {
            writer.Line($"public {key.Name}({parameters}) => {Assign(key.Parts[0])}");
            return;
        }

        using (writer.Block($"public {key.Name}({parameters})", after: ""))
        {
            foreach (var part in key.Parts)
                writer.Line(Assign(part));
        }
    }

    private static string Assign(KeyPartModel part)
    {
        string target = part.Property == part.Parameter ? "this." + part.Property : part.Property;
        return part.Part.Normalizes
            ? $"{target} = TR::KeyPart.Normalize({part.Parameter}, {Literals.Text(part.Part.Format!)});"
            : $"{target} = {part.Parameter};";
    }

    private static void Conversion(SourceWriter writer, KeyModel key)
    {
        string parameter = key.Parts.Count == 1 ? key.Parts[0].Parameter : "parts";
        string value = key.Parts.Count == 1
            ? $"new({parameter})"
            : NewFromParts(key, parameter).Replace($"new {key.Name}(", "new(");
        writer.Line($"""

            /// <summary>Makes a key of {(key.Parts.Count == 1 ? "its part" : "its parts")}.</summary>
            public static implicit operator {key.Name}({key.PartsType} {parameter}) => {value};
            """);
    }

    /// <summary>The call of a <c>KeyWriter</c> that writes a part.</summary>
    /// <param name="part">The part.</param>
    /// <param name="value">Its value as source.</param>
    public static string Format(KeyPart part, string value)
    {
        string name = Literals.Text(part.Name);

        // Small unsigned integers convert to long and to UInt128 alike.
        if (part.Kind is PartKind.Byte or PartKind.UInt16 or PartKind.UInt32)
            value = "(long)" + value;
        return part.Kind switch
        {
            PartKind.String => $"{(part.IsTag ? "TagPart" : "Part")}({value}, {name})",
            PartKind.Char => $"Part({value}, {name})",
            _ when part.Format is not null => $"Part({value}, {Literals.Text(part.Format)})",
            _ => $"Part({value})",
        };
    }

    private static void Parse(SourceWriter writer, KeyModel key)
    {
        using var _ = writer.Block();
        writer.Line("var key = new TR::KeyReader(utf8Key);");
        var steps = new List<string>();
        var parts = key.Parts.GetEnumerator();
        foreach (var segment in key.Template.Segments)
        {
            if (segment is KeyLiteral literal)
            {
                steps.Add($"key.Literal({Literals.Text(literal.Text)}u8)");
            }
            else
            {
                parts.MoveNext();
                steps.Add("key." + Read(parts.Current));
            }
        }

        steps.Add("key.End()");
        writer.Line(steps.Count <= 3 ? $"if ({string.Join(" && ", steps)})" : $"if ({string.Join("\n    && ", steps)})");
        using (writer.Block())
        {
            writer.Line($"""
                result = new({string.Join(", ", key.Parts.Select(static part => part.Local))});
                return true;
                """);
        }

        writer.Line("""

            result = default;
            return false;
            """);
    }

    /// <summary>The call of a <c>KeyReader</c> that reads a part into its local.</summary>
    public static string Read(KeyPartModel model)
    {
        var part = model.Part;
        string target = $"out {model.Type} {model.Local}";
        if (part.Kind == PartKind.String && part.IsTag)
            return $"TagPart({target})";
        if (part.Width > 0 && !part.IsTerminated)
            return $"Part({target}, {Literals.Text(part.Format ?? DefaultFormat(part.Kind))}, {part.Width})";
        return part.Format is null ? $"Part({target})" : $"Part({target}, {Literals.Text(part.Format)})";
    }

    private static string DefaultFormat(PartKind kind) => kind == PartKind.Guid ? "D" : "";
}
