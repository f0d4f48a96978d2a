using System.Globalization;

namespace TypedRedis.Hosting;

/// <summary>The reply of INFO. A field that the server does not know, being of another version, is null.</summary>
internal sealed class ServerInfo
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    public ServerInfo(string text)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            int colon = line.IndexOf(':');
            if (colon > 0 && line[0] != '#')
            {
                _fields[line[..colon].ToString()] = line[(colon + 1)..].ToString();
            }
        }
    }

    public string? Text(string field) => _fields.GetValueOrDefault(field);

    public long? Number(string field) => long.TryParse(Text(field), NumberStyles.Integer, CultureInfo.InvariantCulture, out long number) ? number : null;

    public double? Fraction(string field) => double.TryParse(Text(field), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;

    /// <summary>The replicas that a primary knows, as <c>address: state</c>, which are not in step with it.</summary>
    public IEnumerable<(string Address, string State)> ReplicasBehind()
    {
        for (int i = 0; Text($"slave{i}") is { } replica; i++)
        {
            var parts = replica.Split(',').Select(static part => part.Split('=', 2)).Where(static part => part.Length == 2).ToDictionary(static part => part[0], static part => part[1]);
            if (parts.GetValueOrDefault("state") is { } state and not "online")
            {
                yield return ($"{parts.GetValueOrDefault("ip")}:{parts.GetValueOrDefault("port")}", state);
            }
        }
    }
}
