using TypedRedis;

namespace CachedCatalog;

/// <summary>What the cache loads from and writes to.</summary>
internal sealed class ProductSource(Database database) : IWritableCacheSource<ProductCacheKey, Product>
{
    private const string Select = "SELECT id, name, category, cents FROM catalog_products WHERE NOT deleted AND id";

    // A write that is not newer than what is stored changes nothing. What is deleted leaves its version behind.
    private const string Upsert = """
        INSERT INTO catalog_products (id, name, category, cents, version, deleted) VALUES (@Id, @Name, @Category, @Cents, @Version, @IsDelete)
        ON CONFLICT (id) DO UPDATE
            SET name = excluded.name, category = excluded.category, cents = excluded.cents, version = excluded.version, deleted = excluded.deleted
            WHERE catalog_products.version < excluded.version
        """;

    public async ValueTask<Product?> LoadAsync(ProductCacheKey key, CacheLoad load, CancellationToken cancellationToken)
        => (await database.QueryAsync<Product>($"{Select} = @Id", new { key.Id }, cancellationToken)).FirstOrDefault();

    // One query for all.
    public async ValueTask<IEnumerable<Product>> LoadManyAsync(IReadOnlyList<ProductCacheKey> keys, CacheBatchLoad<ProductCacheKey> load, CancellationToken cancellationToken)
        => await database.QueryAsync<Product>($"{Select} {database.In("@Ids")}", new { Ids = keys.Select(key => key.Id).ToArray() }, cancellationToken);

    public async ValueTask WriteAsync(CacheWrite<ProductCacheKey, Product> write, CancellationToken cancellationToken)
        => await database.ExecuteAsync(
            Upsert, new { write.Key.Id, write.Entity?.Name, write.Entity?.Category, write.Entity?.Cents, write.Version, write.IsDelete }, cancellationToken);
}
