namespace TypedRedis;

/// <summary>Loads entities: from a source, or by what a caller gave.</summary>
internal abstract class CacheLoader<TKey, TEntity>
    where TKey : struct, IRedisKey<TKey>
    where TEntity : class
{
    public abstract ValueTask<TEntity?> LoadAsync(TKey key, CacheLoad load, CancellationToken cancellationToken);

    public abstract ValueTask<IEnumerable<TEntity>> LoadManyAsync(IReadOnlyList<TKey> keys, CacheBatchLoad<TKey> load, CancellationToken cancellationToken);

    /// <summary>Whether there is nothing to load from: a fault of this process, which is no reason for others to leave the source alone.</summary>
    public bool HasNoSource { get; protected set; }

    /// <summary>The source of this loader, for writes.</summary>
    public virtual ValueTask<CacheSourceScope<TKey, TEntity>> SourceAsync()
        => throw new InvalidOperationException("A function loads and does not write.");
}

/// <summary>Loads from a source that stays, or from one of the container in a scope of its own.</summary>
internal sealed class SourceLoader<TKey, TEntity>(ICacheSource<TKey, TEntity>? source, RedisContext redis, CacheSchema schema) : CacheLoader<TKey, TEntity>
    where TKey : struct, IRedisKey<TKey>
    where TEntity : class
{
    public override async ValueTask<TEntity?> LoadAsync(TKey key, CacheLoad load, CancellationToken cancellationToken)
    {
        CacheSourceScope<TKey, TEntity> scope = await SourceAsync().ConfigureAwait(false);
        await using (scope.ConfigureAwait(false))
        {
            return await scope.Source.LoadAsync(key, load, cancellationToken).ConfigureAwait(false);
        }
    }

    public override async ValueTask<IEnumerable<TEntity>> LoadManyAsync(IReadOnlyList<TKey> keys, CacheBatchLoad<TKey> load, CancellationToken cancellationToken)
    {
        CacheSourceScope<TKey, TEntity> scope = await SourceAsync().ConfigureAwait(false);
        await using (scope.ConfigureAwait(false))
        {
            return [.. await scope.Source.LoadManyAsync(keys, load, cancellationToken).ConfigureAwait(false) ?? []];    // now, while the scope lives
        }
    }

    public override async ValueTask<CacheSourceScope<TKey, TEntity>> SourceAsync()
    {
        CacheSourceScope<TKey, TEntity>? scope = source is not null ? new CacheSourceScope<TKey, TEntity>(source, scope: null)
            : redis.Options.CacheSources is { } sources ? await sources.CreateScopeAsync<TKey, TEntity>().ConfigureAwait(false)
            : null;
        HasNoSource = scope is null;
        return scope
            ?? throw new InvalidOperationException($"The cache of {schema.Model} has no source. Give its constructor one, register an ICacheSource<{typeof(TKey).Name}, {typeof(TEntity).Name}> with the services that AddTypedRedis was called on, or give the call a function that loads.");
    }
}

/// <summary>Loads one by one.</summary>
internal sealed class FunctionLoader<TKey, TEntity>(Func<TKey, CacheLoad, CancellationToken, ValueTask<TEntity?>> function) : CacheLoader<TKey, TEntity>
    where TKey : struct, IRedisKey<TKey>
    where TEntity : class
{
    public override ValueTask<TEntity?> LoadAsync(TKey key, CacheLoad load, CancellationToken cancellationToken) => function(key, load, cancellationToken);

    public override async ValueTask<IEnumerable<TEntity>> LoadManyAsync(IReadOnlyList<TKey> keys, CacheBatchLoad<TKey> load, CancellationToken cancellationToken)
    {
        var found = new List<TEntity>(keys.Count);
        foreach (TKey key in keys)
        {
            if (await function(key, load[key], cancellationToken).ConfigureAwait(false) is { } entity)
            {
                found.Add(entity);
            }
        }

        return found;
    }
}

/// <summary>Loads many at once.</summary>
internal sealed class BatchFunctionLoader<TKey, TEntity>(
    Func<IReadOnlyList<TKey>, CacheBatchLoad<TKey>, CancellationToken, ValueTask<IEnumerable<TEntity>>> function, Func<TEntity, TKey> keyOf) : CacheLoader<TKey, TEntity>
    where TKey : struct, IRedisKey<TKey>
    where TEntity : class
{
    public override async ValueTask<TEntity?> LoadAsync(TKey key, CacheLoad load, CancellationToken cancellationToken)
    {
        var batch = new CacheBatchLoad<TKey>(key, load);
        return (await function([key], batch, cancellationToken).ConfigureAwait(false) ?? []).LastOrDefault(entity => entity is not null && EqualityComparer<TKey>.Default.Equals(keyOf(entity), key));
    }

    public override ValueTask<IEnumerable<TEntity>> LoadManyAsync(IReadOnlyList<TKey> keys, CacheBatchLoad<TKey> load, CancellationToken cancellationToken)
        => function(keys, load, cancellationToken);
}
