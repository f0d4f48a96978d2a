namespace TypedRedis.Integration.Tests.ModelBased;

/// <summary>What repositories of both encodings can do, under one set of names.</summary>
internal interface IVerbs<TEntity, TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
{
    EntityRepository<TEntity, TKey> Repository { get; }

    Task<TEntity?> GetAsync(TKey key);

    Task<bool> ExistsAsync(TKey key);

    Task<bool[]> ExistsManyAsync(IEnumerable<TKey> keys);

    Task<bool> InsertAsync(TEntity entity, TimeSpan? expiresIn);

    Task<bool> UpsertAsync(TEntity entity, TimeSpan? expiresIn);

    Task<bool> UpdateAsync(TEntity entity, TimeSpan? expiresIn);

    Task<bool[]> InsertManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn);

    Task UpsertManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn);

    Task<bool[]> UpdateManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn);
}

internal sealed class HashVerbs<TEntity, TKey, TMapper>(HashRepository<TEntity, TKey, TMapper> repository) : IVerbs<TEntity, TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMapper : struct, IHashMapper<TEntity, TKey>
{
    public EntityRepository<TEntity, TKey> Repository => repository;

    public Task<TEntity?> GetAsync(TKey key) => repository.GetAsync(key);

    public Task<bool> ExistsAsync(TKey key) => repository.ExistsAsync(key);

    public Task<bool[]> ExistsManyAsync(IEnumerable<TKey> keys) => repository.ExistsManyAsync(keys);

    public Task<bool> InsertAsync(TEntity entity, TimeSpan? expiresIn) => repository.InsertAsync(entity, expiresIn);

    public Task<bool> UpsertAsync(TEntity entity, TimeSpan? expiresIn) => repository.UpsertAsync(entity, expiresIn);

    public Task<bool> UpdateAsync(TEntity entity, TimeSpan? expiresIn) => repository.UpdateAsync(entity, expiresIn);

    public Task<bool[]> InsertManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn) => repository.InsertManyAsync(entities, expiresIn);

    public Task UpsertManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn) => repository.UpsertManyAsync(entities, expiresIn);

    public Task<bool[]> UpdateManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn) => repository.UpdateManyAsync(entities, expiresIn);
}

/// <summary>What repositories of strings can do besides.</summary>
internal interface IStringVerbs<TEntity, TKey>
{
    Task<TEntity?> GetAndSetAsync(TEntity entity, TimeSpan? expiresIn);

    Task<TEntity?> GetAndDeleteAsync(TKey key);

    Task<bool> CompareAndSetAsync(TEntity expected, TEntity entity, TimeSpan? expiresIn);

    Task<bool> CompareAndDeleteAsync(TEntity expected);

    Task<TEntity?> UpdateAsync(TKey key, Func<TEntity, TEntity> change);
}

internal sealed class StringVerbs<TEntity, TKey, TMapper>(StringRepository<TEntity, TKey, TMapper> repository) : IVerbs<TEntity, TKey>, IStringVerbs<TEntity, TKey>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMapper : struct, IStringMapper<TEntity, TKey>
{
    public EntityRepository<TEntity, TKey> Repository => repository;

    public Task<TEntity?> GetAsync(TKey key) => repository.GetAsync(key);

    public Task<bool> ExistsAsync(TKey key) => repository.ExistsAsync(key);

    public Task<bool[]> ExistsManyAsync(IEnumerable<TKey> keys) => repository.ExistsManyAsync(keys);

    public Task<bool> InsertAsync(TEntity entity, TimeSpan? expiresIn) => repository.InsertAsync(entity, expiresIn);

    public Task<bool> UpsertAsync(TEntity entity, TimeSpan? expiresIn) => repository.UpsertAsync(entity, expiresIn);

    public Task<bool> UpdateAsync(TEntity entity, TimeSpan? expiresIn) => repository.UpdateAsync(entity, expiresIn);

    public Task<bool[]> InsertManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn) => repository.InsertManyAsync(entities, expiresIn);

    public Task UpsertManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn) => repository.UpsertManyAsync(entities, expiresIn);

    public Task<bool[]> UpdateManyAsync(IEnumerable<TEntity> entities, TimeSpan? expiresIn) => repository.UpdateManyAsync(entities, expiresIn);

    public Task<TEntity?> GetAndSetAsync(TEntity entity, TimeSpan? expiresIn) => repository.GetAndSetAsync(entity, expiresIn);

    public Task<TEntity?> GetAndDeleteAsync(TKey key) => repository.GetAndDeleteAsync(key);

    public Task<bool> CompareAndSetAsync(TEntity expected, TEntity entity, TimeSpan? expiresIn) => repository.CompareAndSetAsync(expected, entity, expiresIn);

    public Task<bool> CompareAndDeleteAsync(TEntity expected) => repository.CompareAndDeleteAsync(expected);

    public Task<TEntity?> UpdateAsync(TKey key, Func<TEntity, TEntity> change) => repository.UpdateAsync(key, change);
}
