using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TypedRedis.Testing.Protocol;

/// <summary>Just enough of RESP2 to ask a server something: no pipelining, one command after the other.</summary>
internal sealed class RespConnection : IDisposable
{
    private readonly Socket _socket;
    private byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    private RespConnection(Socket socket) => _socket = socket;

    public static async Task<RespConnection> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        // Closing with a reset leaves no TIME_WAIT behind, and test suites open very many of these.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new LingerOption(true, 0) };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            return new RespConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Task<RedisReply> ExecuteAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
        => ExecuteAsync(command.Select(argument => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(argument)), cancellationToken);

    /// <summary>The same with arguments that need not be text, such as keys.</summary>
    public async Task<RedisReply> ExecuteAsync(IEnumerable<ReadOnlyMemory<byte>> command, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte>[] arguments = [.. command];
        using var request = new MemoryStream();
        Write(request, $"*{arguments.Length}\r\n");
        foreach (var argument in arguments)
        {
            Write(request, $"${argument.Length}\r\n");
            request.Write(argument.Span);
            request.Write("\r\n"u8);
        }

        ReadOnlyMemory<byte> unsent = request.GetBuffer().AsMemory(0, (int)request.Length);
        while (!unsent.IsEmpty)
            unsent = unsent[await _socket.SendAsync(unsent, cancellationToken).ConfigureAwait(false)..];
        return await ReadReplyAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _socket.Dispose();

    private async Task<RedisReply> ReadReplyAsync(CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken).ConfigureAwait(false);
        var rest = line.AsMemory(1);
        switch ((char)line[0])
        {
            case '+':
                return RedisReply.OfText(RedisReplyKind.Status, rest);
            case '-':
                return RedisReply.OfText(RedisReplyKind.Error, rest);
            case ':':
                return RedisReply.OfText(RedisReplyKind.Integer, rest);
            case '$' when Length(rest) is var length:
                return length < 0 ? RedisReply.Null : RedisReply.OfText(RedisReplyKind.String, await ReadBulkAsync(length, cancellationToken).ConfigureAwait(false));
            case '*' when Length(rest) is var length:
                if (length < 0)
                    return RedisReply.Null;
                var items = new RedisReply[length];
                for (var i = 0; i < length; i++)
                    items[i] = await ReadReplyAsync(cancellationToken).ConfigureAwait(false);
                return RedisReply.OfItems(items);
            default:
                throw new InvalidDataException($"The server sent '{Encoding.UTF8.GetString(line)}', which is not RESP2.");
        }
    }

    private static int Length(ReadOnlyMemory<byte> digits)
        => int.TryParse(digits.Span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var length)
            ? length
            : throw new InvalidDataException($"The server sent the length '{Encoding.UTF8.GetString(digits.Span)}', which is not RESP2.");

    private async ValueTask<byte[]> ReadLineAsync(CancellationToken cancellationToken)
    {
        var scanned = 0;
        while (true)
        {
            var at = _buffer.AsSpan(_start + scanned, _end - _start - scanned).IndexOf("\r\n"u8);
            if (at >= 0)
            {
                var line = _buffer.AsSpan(_start, scanned + at).ToArray();
                _start += line.Length + 2;
                return line.Length > 0 ? line : throw new InvalidDataException("The server sent an empty line, which is not RESP2.");
            }

            scanned = Math.Max(0, _end - _start - 1);
            await FillAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<byte[]> ReadBulkAsync(int length, CancellationToken cancellationToken)
    {
        while (_end - _start < length + 2)
            await FillAsync(cancellationToken).ConfigureAwait(false);
        var bytes = _buffer.AsSpan(_start, length).ToArray();
        _start += length + 2;
        return bytes;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var received = await _socket.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += received > 0 ? received : throw new EndOfStreamException("The server closed the connection before it had answered.");
    }

    private static void Write(MemoryStream stream, string text) => stream.Write(Encoding.ASCII.GetBytes(text));
}
