using System.Net;
using System.Net.Sockets;

namespace TypedRedis.Testing.Processes;

/// <summary>Loopback ports that nobody listens on, below the ranges from which Linux and macOS number outgoing connections: none of those can take one while its server is down.</summary>
internal static class FreePorts
{
    private const int First = 10_000;
    private const int End = 32_000;

    /// <summary>The distance of a node's bus port, which is fixed before Redis 7.</summary>
    private const int BusOffset = 10_000;

    public static int Next() => Next(End, IsFree);

    /// <summary>A port whose cluster bus port is free, too.</summary>
    public static int NextOfNode() => Next(End - BusOffset, static port => IsFree(port) && IsFree(port + BusOffset));

    private static int Next(int end, Func<int, bool> isFree)
    {
        while (true)
        {
            var port = Random.Shared.Next(First, end);
            if (isFree(port))
                return port;
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return false;
        }
    }
}
