using System.Net;
using System.Net.Sockets;

namespace TypedRedis.Testing;

/// <summary>One node of a <see cref="RedisCluster"/>: a server process of its own. It keeps address and id over restarts, and changes its role.</summary>
/// <remarks>A node that is killed and restarted before a replica was promoted comes back as the primary it was, and empty unless its configuration has <c>appendonly yes</c>: its replica then empties, too.</remarks>
public sealed class RedisClusterNode
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);

    private int _lastSlot = -1;

    internal RedisClusterNode(RedisServer server, string id)
    {
        Server = server;
        Id = id;
    }

    /// <summary>The address that clients connect to, on loopback.</summary>
    public IPEndPoint EndPoint => Server.EndPoint;

    /// <summary>The port that clients connect to.</summary>
    public int Port => Server.Port;

    /// <summary><c>127.0.0.1:port</c>, as StackExchange.Redis takes it.</summary>
    public string ConnectionString => Server.ConnectionString;

    /// <summary>The 40 characters by which the nodes know each other (<c>CLUSTER MYID</c>).</summary>
    public string Id { get; }

    /// <summary>The process id of the server, or of the last run when it is not running. A restart changes it.</summary>
    public int ProcessId => Server.ProcessId;

    /// <summary>Whether the process is there. A paused node is running, too.</summary>
    public bool IsRunning => Server.IsRunning;

    /// <summary>What the node has logged so far, over all its runs; still there after dispose.</summary>
    public string Log => Server.Log;

    internal RedisServer Server { get; }

    /// <summary>A slot that the node served when it was last seen to serve any.</summary>
    internal int? LastSlot
    {
        get => Volatile.Read(ref _lastSlot) is >= 0 and var slot ? slot : null;
        set => Volatile.Write(ref _lastSlot, value ?? -1);
    }

    /// <summary>Asks the node what it is now. A primary that has lost its slots to a promoted replica says so only when it has heard of it.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What it is by its own account.</returns>
    /// <exception cref="RedisClusterException">The node does not answer.</exception>
    public async Task<RedisClusterRole> GetRoleAsync(CancellationToken cancellationToken = default)
    {
        var role = await CommandAsync(cancellationToken, "ROLE").ConfigureAwait(false);
        return role.Items[0].Text == "master" ? RedisClusterRole.Primary : RedisClusterRole.Replica;
    }

    /// <summary>Sends one command to this node and returns the answer, on a connection of its own that follows no redirect: a key of another node is a <see cref="RedisReplyException"/> that begins with <c>MOVED</c>.</summary>
    /// <param name="command">The command and its arguments, such as <c>"HGETALL", "user:42"</c>.</param>
    /// <returns>The reply.</returns>
    /// <exception cref="RedisReplyException">The node refused the command; the message is what it said.</exception>
    /// <exception cref="TimeoutException">No answer within 30 seconds, for example because the node is paused.</exception>
    public Task<RedisReply> ExecuteAsync(params string[] command) => Server.ExecuteAsync(command);

    /// <inheritdoc cref="ExecuteAsync(string[])"/>
    /// <param name="command">The command and its arguments.</param>
    /// <param name="cancellationToken">Ends the wait; the command may still be carried out.</param>
    public Task<RedisReply> ExecuteAsync(IReadOnlyList<string> command, CancellationToken cancellationToken) => Server.ExecuteAsync(command, cancellationToken);

    /// <summary>Kills the node (SIGKILL), as a crash of its machine would. Nothing happens if it is not running.</summary>
    /// <param name="cancellationToken">Cancels the wait, not the kill.</param>
    /// <returns>A task that ends when the process is gone; the other nodes notice after <see cref="RedisClusterOptions.NodeTimeout"/>.</returns>
    public Task KillAsync(CancellationToken cancellationToken = default) => Server.KillAsync(cancellationToken);

    /// <summary>Stops the node gracefully (SIGTERM). Nothing happens if it is not running.</summary>
    /// <param name="cancellationToken">Cancels the wait, not the stop.</param>
    /// <returns>A task that ends when the process is gone.</returns>
    public Task StopAsync(CancellationToken cancellationToken = default) => Server.StopAsync(cancellationToken);

    /// <summary>Freezes the node (SIGSTOP): connections stay open, but nothing is answered. After <see cref="RedisClusterOptions.NodeTimeout"/> the others take it for failed.</summary>
    /// <param name="cancellationToken">Cancels the wait, not the pause.</param>
    /// <returns>A task that ends when the kernel has stopped every thread of the process.</returns>
    /// <exception cref="InvalidOperationException">The node is not running.</exception>
    public Task PauseAsync(CancellationToken cancellationToken = default) => Server.PauseAsync(cancellationToken);

    /// <summary>Lets a paused node go on (SIGCONT). Nothing happens if it was not paused.</summary>
    /// <param name="cancellationToken">Cancels waiting for another call on this node.</param>
    /// <returns>A task that ends when the signal was sent.</returns>
    /// <exception cref="InvalidOperationException">The node is not running.</exception>
    public Task ResumeAsync(CancellationToken cancellationToken = default) => Server.ResumeAsync(cancellationToken);

    /// <summary>Stops the node gracefully if it runs, and starts it again on the same ports and directory. Also brings back one that was killed or stopped.</summary>
    /// <param name="cancellationToken">Cancels the wait; the node may then be down.</param>
    /// <returns>A task that ends when the node answers PING; <see cref="RedisCluster.WaitUntilReadyAsync"/> waits until it has found its place in the cluster.</returns>
    /// <exception cref="RedisServerStartException">The server ended or did not answer; the message has the end of its log.</exception>
    public Task RestartAsync(CancellationToken cancellationToken = default) => Server.RestartAsync(cancellationToken);

    /// <summary><see cref="ConnectionString"/>.</summary>
    /// <returns>The address.</returns>
    public override string ToString() => ConnectionString;

    /// <summary>A command of the cluster's own upkeep: errors name the node and the command.</summary>
    internal Task<RedisReply> CommandAsync(CancellationToken cancellationToken, params string[] command)
        => CommandAsync(string.Join(' ', command.Take(4)), command.Select(argument => (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(argument)), cancellationToken);

    /// <inheritdoc cref="CommandAsync(CancellationToken, string[])"/>
    internal async Task<RedisReply> CommandAsync(string name, IEnumerable<ReadOnlyMemory<byte>> command, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(AnswerTimeout);
        try
        {
            using var connection = await Server.ConnectAsync(timeout.Token).ConfigureAwait(false);
            var reply = await connection.ExecuteAsync(command, timeout.Token).ConfigureAwait(false);
            return reply.Kind == RedisReplyKind.Error ? throw new RedisReplyException(reply.Text!) : reply;
        }
        catch (RedisReplyException e)
        {
            throw new RedisClusterException(this, $"{this} refused {name}: {e.Message}", e);
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException)
        {
            throw new RedisClusterException(this, $"{this} did not answer {name}{(IsRunning ? "" : ", because it is not running")}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RedisClusterException(this, $"{this} did not answer {name} within {AnswerTimeout.TotalSeconds:0} seconds. Is it paused?", e);
        }
    }
}
