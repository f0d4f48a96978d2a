using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace TypedRedis;

/// <summary>A manifest as what it says of the stored form: a line each, which do not depend on the order of members or on their names in C#.</summary>
internal sealed class SchemaText
{
    private readonly SortedDictionary<string, string> _lines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> _formerNames = new(StringComparer.Ordinal);

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public SchemaText(string manifest)
    {
        using JsonDocument document = JsonDocument.Parse(manifest);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("It is no JSON object.");
        }

        Version = root.TryGetProperty("modelVersion", out JsonElement version) ? version.GetInt32() : 0;
        Add("kind", Text(root, "kind") + Protection(root));
        Add("key", $"{Text(root, "key")}{string.Concat(Items(root, "parts").Select(static part => $", {Text(part, "name")}: {Text(part, "type")}"))}");
        if (Version > 0)
        {
            Add("version", Version.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        if (root.TryGetProperty("concurrencyToken", out JsonElement token))
        {
            Add("concurrency token", token.ToString());
        }

        AddMeasure(root);
        foreach (JsonElement field in Items(root, "fields"))
        {
            string name = Text(field, "name");
            Add($"field '{name}'", $"{Text(field, "encoding")} of {Text(field, "type")}{(Is(field, "nullable") ? ", nullable" : "")}{(Is(field, "counter") ? ", a counter" : "")}{Protection(field)}");
            _formerNames[name] = [.. Items(field, "formerNames").Select(static former => former.ToString())];
        }

        foreach (JsonElement index in Items(root, "indexes"))
        {
            Add($"index '{Text(index, "name")}'", $"{Text(index, "kind")} of {string.Join(", ", Items(index, "members"))}");
        }
    }

    /// <summary>The declared version of the model, or 0.</summary>
    public int Version { get; }

    /// <summary>The same for the same stored form: 16 hexadecimal digits.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', _lines.Select(static line => $"{line.Key}: {line.Value}")))).AsSpan(..8));

    /// <summary>What differs from a schema that was recorded.</summary>
    public List<SchemaChange> ChangesSince(SchemaText recorded)
    {
        var changes = new List<SchemaChange>();
        var renamed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, formerNames) in _formerNames)
        {
            string what = $"field '{name}'";
            string? former = Array.Find(formerNames, former => recorded._formerNames.ContainsKey(former));
            if (former is not null && !recorded._formerNames.ContainsKey(name))
            {
                changes.Add(new SchemaChange(what, $"field '{former}': {recorded._lines[$"field '{former}'"]}", _lines[what]));
                renamed.UnionWith([what, $"field '{former}'"]);
            }
        }

        foreach (string what in _lines.Keys.Union(recorded._lines.Keys).Where(what => !renamed.Contains(what)).Order(StringComparer.Ordinal))
        {
            string? before = recorded._lines.GetValueOrDefault(what), after = _lines.GetValueOrDefault(what);
            if (before != after)
            {
                changes.Add(new SchemaChange(what, before, after));
            }
        }

        return changes;
    }

    // What ranks or counts: what decides which members, scores and bits stand in a key, and which key a period has.
    private void AddMeasure(JsonElement root)
    {
        if (root.TryGetProperty("member", out _))
        {
            Add("member", string.Join(", ", Items(root, "member").Select(static part => Text(part, "type"))));
        }

        if (root.TryGetProperty("score", out JsonElement score))
        {
            Add("score", Text(score, "encoding"));
        }

        foreach (string name in (string[])["mode", "ties", "halfLifeMs", "mapped", "timeZone"])
        {
            if (root.TryGetProperty(name, out JsonElement value))
            {
                Add(name, value.ToString());
            }
        }

        foreach (JsonElement unit in Items(root, "units"))
        {
            Add($"period '{unit}'", "kept");
        }
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.ToString() : "";

    private static string Protection(JsonElement element)
        => (Is(element, "encrypted") ? ", encrypted" : "") + (element.TryGetProperty("compression", out JsonElement compression) ? $", compressed by {compression}" : "");

    private static bool Is(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private static IEnumerable<JsonElement> Items(JsonElement element, string name)
        => element.TryGetProperty(name, out JsonElement items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : [];

    private void Add(string what, string text) => _lines[what] = text;
}
