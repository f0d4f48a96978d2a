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

internal sealed class StringVerbs<TEntity, TKey, TMapper>(StringRepository<TEntity, TKey, TMapper> repository) : IVerbs<TEntity, TKey>
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
}
