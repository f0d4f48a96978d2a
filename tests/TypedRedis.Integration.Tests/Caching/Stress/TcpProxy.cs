using System.Net;
using System.Net.Sockets;

namespace TypedRedis.Integration.Tests.Caching.Stress;

/// <summary>
/// Stands between a driver and a server. What the server sends over the links that carry messages can be held back, as by a link that is half dead: nothing arrives, and nobody is told.
/// </summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private static readonly byte[] Subscribe = "SUBSCRIBE"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _port;
    private readonly Lock _gate = new();
    private readonly List<Link> _links = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private TaskCompletionSource? _held;

    public TcpProxy(int port)
    {
        _port = port;
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    public string ConnectionString => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Holds back messages from here on.</summary>
    public void Hold()
    {
        lock (_gate)
            _held ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Delivers what was held back.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _held?.SetResult();
            _held = null;
        }
    }

    /// <summary>Closes the links that carry messages; what they hold is lost. New ones are held no more.</summary>
    public void CutMessages()
    {
        Link[] links;
        lock (_gate)
        {
            links = [.. _links.Where(link => link.CarriesMessages)];
            foreach (Link link in links)
                link.IsLost = true;
        }

        foreach (Link link in links)
            link.Close();
        Release();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        Release();
        lock (_gate)
            _links.ForEach(link => link.Close());
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        var server = new TcpClient();
        var link = new Link(client, server);
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _port, _end.Token);
            client.NoDelay = server.NoDelay = true;
            lock (_gate)
                _links.Add(link);
            await Task.WhenAny(CopyAsync(link, client.GetStream(), server.GetStream(), fromServer: false), CopyAsync(link, server.GetStream(), client.GetStream(), fromServer: true));
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
        }
        finally
        {
            link.Close();
            lock (_gate)
                _links.Remove(link);
        }
    }

    private async Task CopyAsync(Link link, NetworkStream from, NetworkStream to, bool fromServer)
    {
        try
        {
            var buffer = new byte[65536];
            while (true)
            {
                int read = await from.ReadAsync(buffer, _end.Token);
                if (read == 0)
                    return;
                if (!fromServer && buffer.AsSpan(0, read).IndexOf(Subscribe) >= 0)
                    link.CarriesMessages = true;
                Task held;
                lock (_gate)
                    held = fromServer && link.CarriesMessages ? _held?.Task ?? Task.CompletedTask : Task.CompletedTask;
                await held;
                if (link.IsLost)
                    return;
                await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
        }
    }

    private sealed class Link(TcpClient client, TcpClient server)
    {
        public volatile bool CarriesMessages;
        public volatile bool IsLost;

        public void Close()
        {
            client.Dispose();
            server.Dispose();
        }
    }
}
