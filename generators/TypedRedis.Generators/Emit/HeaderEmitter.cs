using TypedRedis.Generators.Facets;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Emit;

/// <summary>Writes the header of an emitted file: the declaration, and what was decided.</summary>
internal static class HeaderEmitter
{
    /// <summary>The declaration: <c>[RedisHash("user:{Id}"), Expires("30d", Sliding = true)] on Shop.User</c>.</summary>
    public static string Declaration(string attribute, string template, Expiry? expiry, ModelIdentity model)
    {
        string expires = expiry is null ? "" : $", Expires({Literals.Text(expiry.Text)}{(expiry.Sliding ? ", Sliding = true" : "")})";
        return $"[{attribute}({Literals.Text(template)}){expires}] on {model.FullName}";
    }

    public static string Key(KeyModel key)
        => $"key     {key.Template.Layout}  ({string.Join(", ", key.Parts.Select(static part => $"{part.Part.Name}: {PartWord(part.Part)}"))})";

    public static string Expires(Expiry? expiry) => "expiry  " + expiry switch
    {
        null => "none declared: entities live until they are deleted",
        { IsNever: true } => "never, as declared",
        { Sliding: true } => $"{expiry.Text} after the last read or write",
        _ => $"{expiry.Text} after the last whole write",
    };

    /// <summary>The fields, a line each.</summary>
    public static IEnumerable<string> Fields(IReadOnlyCollection<(string Field, string Decision)> fields)
    {
        int width = fields.Count == 0 ? 0 : fields.Max(static field => field.Field.Length);
        string label = "fields  ";
        foreach (var (field, decision) in fields)
        {
            yield return $"{label}{Printable(field).PadRight(width)}  {decision}";
            label = "        ";
        }
    }

    /// <summary>What a member's field holds.</summary>
    public static string Decision(MemberModel member, bool isPresence)
        => (member.Counter == CounterType.None ? member.Encoding.Description : "counter")
            + (member.Bounds is null ? "" : $", never {Outside(member)}")
            + (member.Token == TokenType.None ? "" : ", the concurrency token")
            + (member.IsNullable ? ", absent when null" : "")
            + (isPresence ? ", always present" : "")
            + (member.FormerNames.IsEmpty ? "" : $", formerly {string.Join(", ", member.FormerNames.Select(Printable))}")
            + member.Protection?.Description;

    /// <summary>Where a counter with bounds never is: <c>below 0 or above 100</c>. A bound that is the type's is not mentioned.</summary>
    public static string Outside(MemberModel member)
    {
        var (minimum, maximum) = member.Bounds!;
        bool isInt = member.Counter == CounterType.Int32;
        var sides = new List<string>();
        if (minimum > (isInt ? int.MinValue : long.MinValue))
            sides.Add(FormattableString.Invariant($"below {minimum}"));
        if (maximum < (isInt ? int.MaxValue : long.MaxValue))
            sides.Add(FormattableString.Invariant($"above {maximum}"));
        return string.Join(" or ", sides);
    }

    /// <summary>The word for a part in headers and in the manifest.</summary>
    public static string PartWord(KeyPart part) => part.Kind switch
    {
        PartKind.String => "text",
        >= PartKind.SByte and <= PartKind.UInt128 => "integer",
        _ => Identifiers.CamelCase(part.Kind.ToString()),
    };

    private static string Printable(string text) => text.All(static c => !char.IsControl(c) && c is not ('\u2028' or '\u2029')) ? text : Literals.Json(text);
}
