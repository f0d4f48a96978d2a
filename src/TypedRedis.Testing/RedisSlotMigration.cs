using System.Globalization;
using System.Text;

namespace TypedRedis.Testing;

/// <summary>
/// A slot on its way from one primary to another, begun by <see cref="RedisCluster.BeginMigrateSlotAsync"/>. Until it is completed, <see cref="Source"/> answers for the keys that it
/// still has and sends clients to <see cref="Target"/> with <c>ASK</c> for all others.
/// </summary>
/// <remarks>Not to be used from several threads at once. A migration that is neither completed nor cancelled stays half done, and the cluster works that way.</remarks>
public sealed class RedisSlotMigration
{
    // MIGRATE holds up both nodes while it runs: with few keys at a time, large ones do not make a node look failed.
    private const int KeysAtOnce = 10;
    private const string MigrateTimeout = "30000"; // in milliseconds

    private readonly RedisCluster _cluster;
    private readonly string _slot;
    private bool _ended;

    internal RedisSlotMigration(RedisCluster cluster, int slot, RedisClusterNode source, RedisClusterNode target)
    {
        _cluster = cluster;
        _slot = slot.ToString(CultureInfo.InvariantCulture);
        Slot = slot;
        Source = source;
        Target = target;
    }

    /// <summary>The slot.</summary>
    public int Slot { get; }

    /// <summary>The primary that has it until the migration is completed.</summary>
    public RedisClusterNode Source { get; }

    /// <summary>The primary that gets it.</summary>
    public RedisClusterNode Target { get; }

    /// <summary>Moves keys with their values and expiries, whatever their size (CLUSTER GETKEYSINSLOT and MIGRATE, 10 keys at a time).</summary>
    /// <param name="maximum">At most so many; all by default.</param>
    /// <param name="cancellationToken">Ends the wait; keys that are on their way still move.</param>
    /// <returns>How many keys were moved. Fewer than <paramref name="maximum"/> when there are no more.</returns>
    /// <exception cref="RedisClusterException">A node refused a command or does not answer.</exception>
    /// <exception cref="InvalidOperationException">The migration has ended.</exception>
    public Task<int> MoveKeysAsync(int maximum = int.MaxValue, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maximum);
        ThrowIfEnded();
        return MoveAsync(Source, Target, maximum, cancellationToken);
    }

    /// <summary>Moves the keys that are left, and gives the slot to <see cref="Target"/> (CLUSTER SETSLOT NODE on every primary).</summary>
    /// <param name="cancellationToken">Ends the wait; call again to complete the migration.</param>
    /// <returns>A task that ends when every node that answers knows the slot's new place.</returns>
    /// <exception cref="RedisClusterException">A node refused a command or does not answer.</exception>
    /// <exception cref="TimeoutException">Not every node knew it within <see cref="RedisClusterOptions.StartTimeout"/>.</exception>
    /// <exception cref="InvalidOperationException">The migration has ended.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken = default)
    {
        await MoveKeysAsync(int.MaxValue, cancellationToken).ConfigureAwait(false);

        try
        {
            await AnnounceAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A failover that happened meanwhile claims the slot with a later epoch. The target takes the latest one, and claims it again.
            await Target.CommandAsync(cancellationToken, ["CLUSTER", "BUMPEPOCH"]).ConfigureAwait(false);
            await AnnounceAsync(cancellationToken).ConfigureAwait(false);
        }

        _ended = true;
    }

    /// <summary>Brings back the keys that were moved or were made at <see cref="Target"/>, and leaves the slot where it was (CLUSTER SETSLOT STABLE on both nodes).</summary>
    /// <param name="cancellationToken">Ends the wait; call again to complete the return.</param>
    /// <returns>A task that ends when <see cref="Source"/> has all keys.</returns>
    /// <exception cref="RedisClusterException">A node refused a command or does not answer.</exception>
    /// <exception cref="InvalidOperationException">The migration has ended.</exception>
    public async Task CancelAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfEnded();
        await SetSlotAsync(Source, cancellationToken, "STABLE").ConfigureAwait(false); // Else it would send the keys away again.
        await MoveAsync(Target, Source, int.MaxValue, cancellationToken).ConfigureAwait(false);
        await SetSlotAsync(Target, cancellationToken, "STABLE").ConfigureAwait(false);
        _ended = true;
    }

    internal async Task BeginAsync(CancellationToken cancellationToken)
    {
        await SetSlotAsync(Target, cancellationToken, "IMPORTING", Source.Id).ConfigureAwait(false);
        try
        {
            await SetSlotAsync(Source, cancellationToken, "MIGRATING", Target.Id).ConfigureAwait(false);
        }
        catch
        {
            await SetSlotAsync(Target, CancellationToken.None, "STABLE").ConfigureAwait(false);
            throw;
        }
    }

    private async Task<int> MoveAsync(RedisClusterNode from, RedisClusterNode to, int maximum, CancellationToken cancellationToken)
    {
        var moved = 0;
        while (moved < maximum)
        {
            var count = Math.Min(KeysAtOnce, maximum - moved).ToString(CultureInfo.InvariantCulture);
            var keys = (await from.CommandAsync(cancellationToken, "CLUSTER", "GETKEYSINSLOT", _slot, count).ConfigureAwait(false)).Items;
            if (keys.Count == 0)
                break;

            // A copy at the other side, left by an earlier MIGRATE of which the end was not heard, is older than the one here: REPLACE it.
            string[] command = ["MIGRATE", to.EndPoint.Address.ToString(), to.Port.ToString(CultureInfo.InvariantCulture), "", "0", MigrateTimeout, "REPLACE"];
            string[] password = to.Server.Password is { } secret ? ["AUTH", secret] : [];
            var arguments = ((string[])[.. command, .. password, "KEYS"]).Select(static text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text));
            await from.CommandAsync($"MIGRATE of slot {_slot} to {to}", arguments.Concat(keys.Select(static key => key.Bytes)), cancellationToken).ConfigureAwait(false);
            moved += keys.Count;
        }

        return moved;
    }

    // Tells all primaries whose the slot is, and waits until they know.
    private async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        // First the new owner: the other way round, nobody would serve the slot if we broke off in between.
        await SetSlotAsync(Target, cancellationToken, "NODE", Target.Id).ConfigureAwait(false);
        RedisClusterException? refused = null;
        foreach (var node in await _cluster.AnsweringPrimariesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (node == Target)
                continue;
            try
            {
                await SetSlotAsync(node, cancellationToken, "NODE", Target.Id).ConfigureAwait(false);
            }
            catch (RedisClusterException e)
            {
                // The target has told it already. A primary that has so lost its last slot becomes a replica, and refuses.
                refused = e;
            }
        }

        await _cluster.WaitAsync(
            $"The migration of slot {_slot} to {Target}{(refused is null ? "" : $" ({refused.Message})")}",
            state => state.AgainstOwner(Slot, Target),
            cancellationToken).ConfigureAwait(false);
    }

    private Task SetSlotAsync(RedisClusterNode node, CancellationToken cancellationToken, params string[] what)
        => node.CommandAsync(cancellationToken, ["CLUSTER", "SETSLOT", _slot, .. what]);

    private void ThrowIfEnded()
    {
        if (_ended)
            throw new InvalidOperationException($"The migration of slot {_slot} from {Source} to {Target} has ended. Begin another one.");
    }
}
