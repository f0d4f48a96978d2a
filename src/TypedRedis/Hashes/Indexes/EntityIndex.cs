using StackExchange.Redis;

namespace TypedRedis;

/// <summary>What the indexes of a model have in common.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">The model's key.</typeparam>
public abstract class EntityIndex<TEntity, TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
{
    private readonly IndexSource<TEntity, TKey>? _source;
    private readonly int _index;

    private protected EntityIndex(IndexSource<TEntity, TKey> source, int index)
    {
        _source = source;
        _index = index;
    }

    private protected EntityIndex()
    {
    }

    private protected IndexSource<TEntity, TKey> Source
        => _source ?? throw new InvalidOperationException($"{GetType().Name} is a test double: it was made without a repository. Override what the test calls.");

    private protected IndexSchema Schema => Source.Schema.Indexes[_index];
}
