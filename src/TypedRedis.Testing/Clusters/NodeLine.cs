using System.Globalization;

namespace TypedRedis.Testing.Clusters;

/// <summary>One line of <c>CLUSTER NODES</c>: what the node that was asked knows about one node.</summary>
/// <param name="Id">The id; not yet the right one in a handshake.</param>
/// <param name="Flags">Such as <c>myself</c>, <c>master</c>, <c>fail?</c>.</param>
/// <param name="PrimaryId">Whose replica it is; null for a primary.</param>
/// <param name="Epoch">Of two that claim a slot, the higher one is right.</param>
/// <param name="IsConnected">Whether the bus connection to it stands.</param>
/// <param name="Slots">The ranges that it serves, each with its last slot.</param>
internal sealed record NodeLine(string Id, string[] Flags, string? PrimaryId, long Epoch, bool IsConnected, (int First, int Last)[] Slots)
{
    // id address flags primary ping-sent pong-received epoch link-state slot...
    private const int Fields = 8;

    public bool IsHandshake => Flags.Contains("handshake");

    /// <summary>Whether it is thought to be gone, by the one who was asked or by the cluster.</summary>
    public bool IsFailing => Flags.Any(static flag => flag is "fail" or "fail?" or "noaddr");

    public bool IsPrimary => Flags.Contains("master");

    public bool Serves(int slot) => Slots.Any(range => range.First <= slot && slot <= range.Last);

    /// <summary>What all nodes have to agree on.</summary>
    public string Place => PrimaryId is null ? $"a primary with the slots [{string.Join(' ', Slots.Select(Show))}]" : $"a replica of {PrimaryId}";

    public static NodeLine Parse(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < Fields)
            throw new InvalidDataException($"CLUSTER NODES has the line '{line}'.");
        return new(
            fields[0],
            fields[2].Split(','),
            fields[3] == "-" ? null : fields[3],
            long.Parse(fields[6], CultureInfo.InvariantCulture),
            fields[7] == "connected",
            [.. fields.Skip(Fields).Where(static field => field[0] != '[').Select(ParseRange)]); // [93->-id] is a slot on its way.
    }

    private static (int First, int Last) ParseRange(string text)
    {
        var ends = text.Split('-');
        var first = int.Parse(ends[0], CultureInfo.InvariantCulture);
        return (first, ends.Length == 1 ? first : int.Parse(ends[1], CultureInfo.InvariantCulture));
    }

    private static string Show((int First, int Last) range) => string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}");
}
