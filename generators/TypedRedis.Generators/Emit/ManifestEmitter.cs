using System.Globalization;
using System.Text;
using TypedRedis.Generators.Facets;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Emit;

/// <summary>Writes the schema manifest: what tools know of a model from the assembly's metadata.</summary>
internal static class ManifestEmitter
{
    private const int Version = 1;

    /// <summary>The attribute of the assembly.</summary>
    /// <param name="kind">The word for the kind: <c>hash</c>.</param>
    /// <param name="members">The fields; null for kinds that have none.</param>
    /// <param name="more">What only the kind has: members of JSON, each with a comma before it.</param>
    /// <param name="protection">What is done to the one value of kinds that have no fields.</param>
    public static string Attribute(
        string kind, ModelIdentity model, KeyModel key, IEnumerable<MemberModel>? members, Expiry? expiry, string more = "", Protection? protection = null)
    {
        var json = new StringBuilder("{");
        json.Append($"\"kind\":{Literals.Json(kind)},\"key\":{Literals.Json(key.Template.Layout)},\"keyType\":{Literals.Json(model.Qualify(key.Name.TrimStart('@')))},\"pattern\":{Literals.Json(key.Template.Pattern)},\"parts\":[");
        json.Append(string.Join(",", key.Parts.Select(static part =>
            $"{{\"name\":{Literals.Json(part.Part.Name)},\"type\":{Literals.Json(HeaderEmitter.PartWord(part.Part))}"
            + (part.Part.Format is null ? "" : $",\"format\":{Literals.Json(part.Part.Format)}")
            + (part.Part.IsTag ? ",\"tag\":true" : "")
            + "}")));
        json.Append(']');
        if (members is not null)
            json.Append(",\"fields\":[").Append(string.Join(",", members.Select(Field))).Append(']');
        json.Append(Facts(protection));
        json.Append(more);
        if (expiry is not null)
            json.Append($",\"expiry\":{{\"ms\":{(expiry.IsNever ? "null" : expiry.Milliseconds.ToString(CultureInfo.InvariantCulture))},\"sliding\":{Bool(expiry.Sliding)}}}");
        json.Append($",\"version\":{Version}}}");
        return $"[assembly: TR::RedisModelSchema(typeof({model.GlobalReference}), \"\"\"{json}\"\"\")]";
    }

    private static string Field(MemberModel member)
        => $"{{\"name\":{Literals.Json(member.Field)},\"member\":{Literals.Json(member.Name)},\"type\":{Literals.Json(member.ReadableType)}"
            + $",\"encoding\":{Literals.Json(member.Encoding.ManifestName)},\"nullable\":{Bool(member.IsNullable)}"
            + (member.Counter == CounterType.None ? "" : ",\"counter\":true")
            + (member.FormerNames.IsEmpty ? "" : $",\"formerNames\":[{string.Join(",", member.FormerNames.Select(Literals.Json))}]")
            + (member.Bounds is { } bounds ? $",\"minimum\":{Number(bounds.Minimum)},\"maximum\":{Number(bounds.Maximum)}" : "")
            + Facts(member.Protection)
            + "}";

    private static string Facts(Protection? protection)
        => (protection is { Encrypted: true } ? ",\"encrypted\":true" : "")
            + (protection?.CompressOver is { } over ? $",\"compression\":{Literals.Json(protection.Algorithm.ToLowerInvariant())},\"compressOver\":{Number(over.Bytes)}" : "")
            + (protection?.MaxSize is { } max ? $",\"maxSize\":{Number(max.Bytes)}" : "");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Bool(bool value) => value ? "true" : "false";
}
