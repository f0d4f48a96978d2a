namespace TypedRedis.Generators.Parsing;

/// <summary>A piece of a template's text: literal text, or a part <c>{#Name:format}</c> with its braces.</summary>
/// <param name="Start">Where it begins in the template.</param>
/// <param name="Length">How long it is there.</param>
/// <param name="Name">The part's name, or null for literal text.</param>
/// <param name="NameStart">Where the name begins.</param>
/// <param name="Format">The part's format, or null.</param>
/// <param name="FormatStart">Where the format begins.</param>
/// <param name="IsTag">Whether the part is marked <c>#</c>.</param>
internal sealed record TemplatePiece(int Start, int Length, string? Name, int NameStart, string? Format, int FormatStart, bool IsTag);

/// <summary>Cuts a template into literals and parts.</summary>
internal static class TemplateScanner
{
    /// <summary>A fault of the template's form: where it is, and what it is.</summary>
    public delegate void Fault(int start, int length, string fault);

    public static List<TemplatePiece> Scan(string template, Fault fault)
    {
        var pieces = new List<TemplatePiece>();
        int position = 0;
        while (position < template.Length)
        {
            int brace = template.IndexOfAny(['{', '}'], position);
            int literalEnd = brace < 0 ? template.Length : brace;
            if (literalEnd > position)
                pieces.Add(new TemplatePiece(position, literalEnd - position, null, 0, null, 0, IsTag: false));
            if (brace < 0)
                break;

            position = brace + 1;
            if (template[brace] == '}')
            {
                fault(brace, 1, "no '{' stands before it: write parts as '{Name}'");
                continue;
            }

            int close = template.IndexOfAny(['{', '}'], position);
            if (close < 0)
            {
                fault(brace, template.Length - brace, "the '}' of this part is missing");
                break;
            }

            if (template[close] == '{')
            {
                fault(close, 1, "a brace stands inside the braces of a part, and key text holds no braces: write parts as '{Name}', '{#Name}' for the hash tag");
                // Goes on behind the part's end, so that one slip is one diagnostic.
                int end = template.IndexOf('}', close);
                position = end < 0 ? template.Length : end + 1;
                while (position < template.Length && template[position] == '}')
                    position++;
                continue;
            }

            position = close + 1;
            if (Part(template, brace, close, fault) is { } part)
                pieces.Add(part);
        }

        return pieces;
    }

    private static TemplatePiece? Part(string template, int open, int close, Fault fault)
    {
        bool isTag = template[open + 1] == '#';
        int nameStart = open + (isTag ? 2 : 1);
        int colon = template.IndexOf(':', nameStart, close - nameStart);
        int nameEnd = colon < 0 ? close : colon;
        if (nameEnd == nameStart)
        {
            fault(open, close + 1 - open, "the part has no name: write the name of a property, as in '{Id}'");
            return null;
        }

        if (colon == close - 1)
        {
            fault(colon, 1, "no format stands behind the colon: write one, or leave the colon out");
            return null;
        }

        return new TemplatePiece(
            open,
            close + 1 - open,
            template.Substring(nameStart, nameEnd - nameStart),
            nameStart,
            colon < 0 ? null : template.Substring(colon + 1, close - colon - 1),
            colon + 1,
            isTag);
    }
}
