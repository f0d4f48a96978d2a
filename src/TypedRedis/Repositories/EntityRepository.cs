using System.Runtime.CompilerServices;

namespace TypedRedis;

/// <summary>What repositories of every encoding share: batches of reads and the walk over all entities.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
public abstract class EntityRepository<TEntity, TKey> : KeyedStore<TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
{
    private protected EntityRepository(RedisContext redis)
        : base(redis)
    {
    }

    private protected EntityRepository()
    {
    }

    /// <summary>
    /// Reads many entities. The result has one place per key, in the order of the keys; where there is no entity it is null. Pipelined: one round trip per
    /// 1,000 keys. O(keys).
    /// </summary>
    /// <param name="keys">The keys. The same key may stand in it several times.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="RedisDecodeException">An entity's value cannot be read.</exception>
    /// <exception cref="RedisWrongTypeException">A key holds another type of value.</exception>
    /// <exception cref="RedisOperationTimeoutException">The server did not answer for <see cref="RedisContextOptions.OperationTimeout"/>.</exception>
    public virtual Task<TEntity?[]> GetManyAsync(IEnumerable<TKey> keys, CancellationToken cancellationToken = default)
        => ReadManyAsync(keys, slide: true, cancellationToken);

    private protected abstract Task<TEntity?[]> ReadManyAsync(IEnumerable<TKey> keys, bool slide, CancellationToken cancellationToken);

    /// <summary>
    /// Walks over all entities of the model, as <see cref="KeyedStore{TKey}.ScanKeysAsync"/> does over their keys. One that goes meanwhile is left out. Does not start a sliding
    /// expiry anew: a walk over all of them would keep every entity alive.
    /// </summary>
    /// <exception cref="RedisDecodeException">An entity's value cannot be read. Walk over the keys to go round it.</exception>
    /// <exception cref="RedisWrongTypeException">A key of the model holds something else. Walk over the keys to go round it.</exception>
    /// <param name="pageSize">How many keys of the database a step looks at (COUNT). Default: 1,000.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public virtual async IAsyncEnumerable<TEntity> ScanAsync(int pageSize = 1000, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (TKey[] page in ScanPagesAsync(pageSize, cancellationToken).ConfigureAwait(false))
        {
            foreach (TEntity? entity in await ReadManyAsync(page, slide: false, cancellationToken).ConfigureAwait(false))
            {
                if (entity is not null)
                {
                    yield return entity;
                }
            }
        }
    }
}
