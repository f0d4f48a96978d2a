using System.Reflection;
using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests;

/// <summary>A call of one public member of a repository.</summary>
/// <param name="Name">The member, and where it has several overloads, which.</param>
/// <param name="TakesAnyType">Whether keys of another type are no concern of it: it finds its keys itself, or overwrites what is there.</param>
/// <param name="RunAsync">The call.</param>
internal sealed record Call(string Name, bool TakesAnyType, Func<CancellationToken, Task> RunAsync)
{
    private Call(string name, Func<CancellationToken, Task> run)
        : this(name, TakesAnyType: false, run)
    {
    }

    /// <summary>Every public member that talks to the server, about the key of <paramref name="entity"/>, which stands between others in the batches.</summary>
    public static Call[] Of(DocumentRepository documents, Document entity)
    {
        var key = new DocumentKey(entity.Owner, entity.Name);
        Document[] batch = [entity with { Name = "before" }, entity, entity with { Name = "after" }];
        DocumentKey[] keys = [.. batch.Select(one => new DocumentKey(one.Owner, one.Name))];
        var ids = batch.Select(one => (one.Owner, one.Name));
        var patch = new DocumentPatch { Title = "patched", Pages = null };
        return
        [
            .. OfBase(documents, key, keys),
            new("GetAsync", token => documents.GetAsync(key, token)),
            new("GetAsync<T>", token => documents.GetAsync<DocumentCard>(key, token)),
            new("GetManyAsync(ids)", token => documents.GetManyAsync(ids, token)),
            new("GetManyAsync<T>", token => documents.GetManyAsync<DocumentCard>(keys, token)),
            new("DeleteManyAsync(ids)", token => documents.DeleteManyAsync(ids, token)),
            new("ExistsAsync", token => documents.ExistsAsync(key, token)),
            new("ExistsManyAsync", token => documents.ExistsManyAsync(keys, token)),
            new("InsertAsync", token => documents.InsertAsync(entity, cancellationToken: token)),
            new("UpsertAsync", token => documents.UpsertAsync(entity, cancellationToken: token)),
            new("UpdateAsync", token => documents.UpdateAsync(entity, cancellationToken: token)),
            new("InsertManyAsync", token => documents.InsertManyAsync(batch, cancellationToken: token)),
            new("UpsertManyAsync", token => documents.UpsertManyAsync(batch, cancellationToken: token)),
            new("UpdateManyAsync", token => documents.UpdateManyAsync(batch, cancellationToken: token)),
            new("PatchAsync", token => documents.PatchAsync(key, patch, token)),
            new("PatchManyAsync", token => documents.PatchManyAsync(keys.Select(one => (one, patch)), token)),
            new("PatchWhenAsync", token => documents.PatchWhenAsync(key, patch, patch, token)),
            new("UpdateAsync(change)", token => documents.UpdateAsync(key, one => one with { }, cancellationToken: token)),
            new("IncrementViewsAsync", token => documents.IncrementViewsAsync(key, cancellationToken: token)),
            new("IncrementLikesAsync", token => documents.IncrementLikesAsync(key, cancellationToken: token)),
        ];
    }

    /// <inheritdoc cref="Of(DocumentRepository, Document)"/>
    public static Call[] Of(ProductRepository products, Product entity)
    {
        var key = new ProductKey(entity.Id);
        Product[] batch = [entity with { Id = entity.Id - 1 }, entity, entity with { Id = entity.Id + 1 }];
        ProductKey[] keys = [.. batch.Select(one => new ProductKey(one.Id))];
        var ids = batch.Select(one => one.Id);
        var patch = new ProductPatch { Name = "patched" };
        return
        [
            .. OfBase(products, key, keys),
            new("GetAsync", token => products.GetAsync(key, token)),
            new("GetAsync<T>", token => products.GetAsync<ProductName>(key, token)),
            new("GetManyAsync(ids)", token => products.GetManyAsync(ids, token)),
            new("GetManyAsync<T>", token => products.GetManyAsync<ProductName>(keys, token)),
            new("DeleteManyAsync(ids)", token => products.DeleteManyAsync(ids, token)),
            new("ExistsAsync", token => products.ExistsAsync(key, token)),
            new("ExistsManyAsync", token => products.ExistsManyAsync(keys, token)),
            new("InsertAsync", token => products.InsertAsync(entity, cancellationToken: token)),
            new("UpsertAsync", token => products.UpsertAsync(entity, cancellationToken: token)),
            new("UpdateAsync", token => products.UpdateAsync(entity, cancellationToken: token)),
            new("InsertManyAsync", token => products.InsertManyAsync(batch, cancellationToken: token)),
            new("UpsertManyAsync", token => products.UpsertManyAsync(batch, cancellationToken: token)),
            new("UpdateManyAsync", token => products.UpdateManyAsync(batch, cancellationToken: token)),
            new("PatchAsync", token => products.PatchAsync(key, patch, token)),
            new("PatchManyAsync", token => products.PatchManyAsync(keys.Select(one => (one, patch)), token)),
            new("PatchWhenAsync", token => products.PatchWhenAsync(key, patch, patch, token)),
            new("UpdateAsync(change)", token => products.UpdateAsync(key, one => one with { }, cancellationToken: token)),
        ];
    }

    /// <inheritdoc cref="Of(DocumentRepository, Document)"/>
    public static Call[] Of(SessionRepository sessions, Session entity)
    {
        Session[] batch = [entity with { Id = "before" }, entity, entity with { Id = "after" }];
        SessionKey[] keys = [.. batch.Select(one => new SessionKey(one.User, one.Id))];
        var ids = batch.Select(one => (one.User, one.Id));
        return
        [
            .. OfBase(sessions, keys[1], keys),
            new("GetManyAsync(ids)", token => sessions.GetManyAsync(ids, token)),
            new("DeleteManyAsync(ids)", token => sessions.DeleteManyAsync(ids, token)),
            .. OfString(sessions, keys[1], keys, entity, batch),
        ];
    }

    /// <inheritdoc cref="Of(DocumentRepository, Document)"/>
    public static Call[] Of(SettingRepository settings, Setting entity)
    {
        Setting[] batch = [entity with { Id = "before" }, entity, entity with { Id = "after" }];
        SettingKey[] keys = [.. batch.Select(one => new SettingKey(one.Id))];
        var ids = batch.Select(one => one.Id);
        return
        [
            .. OfBase(settings, keys[1], keys),
            new("GetManyAsync(ids)", token => settings.GetManyAsync(ids, token)),
            new("DeleteManyAsync(ids)", token => settings.DeleteManyAsync(ids, token)),
            .. OfString(settings, keys[1], keys, entity, batch),
        ];
    }

    /// <summary>The names of the public members of a repository that talk to the server, so that no call is forgotten in the lists above.</summary>
    public static IEnumerable<string> MembersOf(Type repository)
        => repository.GetMethods(BindingFlags.Public | BindingFlags.Instance)
            .Where(method => method.Name.EndsWith("Async", StringComparison.Ordinal))
            .Select(method => method.Name)
            .Distinct();

    public override string ToString() => Name;

    private static Call[] OfBase<TEntity, TKey>(EntityRepository<TEntity, TKey> repository, TKey key, TKey[] keys)
        where TEntity : class
        where TKey : struct, IRedisKey<TKey>
        =>
        [
            new("GetManyAsync", token => repository.GetManyAsync(keys, token)),
            new("DeleteAsync", token => repository.DeleteAsync(key, token)),
            new("DeleteManyAsync", token => repository.DeleteManyAsync(keys, token)),
            new("ExpireAsync", token => repository.ExpireAsync(key, TimeSpan.FromHours(1), token)),
            new("GetTimeToLiveAsync", token => repository.GetTimeToLiveAsync(key, token)),
            new("DeleteAllAsync", TakesAnyType: true, token => repository.DeleteAllAsync(token)),
            new("ScanKeysAsync", TakesAnyType: true, token => ToEndAsync(repository.ScanKeysAsync(cancellationToken: token))),
            new("ScanAsync", TakesAnyType: true, token => ToEndAsync(repository.ScanAsync(cancellationToken: token))),
        ];

    private static Call[] OfString<TEntity, TKey, TMapper>(StringRepository<TEntity, TKey, TMapper> repository, TKey key, TKey[] keys, TEntity entity, TEntity[] batch)
        where TEntity : class
        where TKey : struct, IRedisKey<TKey>
        where TMapper : struct, IStringMapper<TEntity, TKey>
        =>
        [
            new("GetAsync", token => repository.GetAsync(key, token)),
            new("ExistsAsync", token => repository.ExistsAsync(key, token)),
            new("ExistsManyAsync", token => repository.ExistsManyAsync(keys, token)),
            new("InsertAsync", token => repository.InsertAsync(entity, cancellationToken: token)),
            new("UpsertAsync", token => repository.UpsertAsync(entity, cancellationToken: token)),
            new("UpdateAsync", token => repository.UpdateAsync(entity, cancellationToken: token)),
            new("InsertManyAsync", token => repository.InsertManyAsync(batch, cancellationToken: token)),
            new("UpsertManyAsync", token => repository.UpsertManyAsync(batch, cancellationToken: token)),
            new("UpdateManyAsync", token => repository.UpdateManyAsync(batch, cancellationToken: token)),
            new("OverwriteManyAsync", TakesAnyType: true, token => repository.OverwriteManyAsync(batch, cancellationToken: token)),
            new("UpdateAsync(change)", token => repository.UpdateAsync(key, one => one, cancellationToken: token)),
            new("GetAndSetAsync", token => repository.GetAndSetAsync(entity, cancellationToken: token)),
            new("GetAndDeleteAsync", token => repository.GetAndDeleteAsync(key, token)),
            new("CompareAndSetAsync", token => repository.CompareAndSetAsync(entity, entity, cancellationToken: token)),
            new("CompareAndDeleteAsync", token => repository.CompareAndDeleteAsync(entity, token)),
        ];

    private static async Task ToEndAsync<T>(IAsyncEnumerable<T> walk)
    {
        await foreach (T _ in walk)
        {
        }
    }
}

public sealed class CallTests
{
    [Fact]
    public void The_lists_have_every_member()
    {
        using var nowhere = StackExchange.Redis.ConnectionMultiplexer.Connect("127.0.0.1:1,abortConnect=false,connectTimeout=1,connectRetry=0");
        var redis = new RedisContext(nowhere);
        Check(Call.Of(new DocumentRepository(redis), Some.Document()), typeof(DocumentRepository));
        Check(Call.Of(new ProductRepository(redis), Some.Product()), typeof(ProductRepository));
        Check(Call.Of(new SessionRepository(redis), Some.Session()), typeof(SessionRepository));
        Check(Call.Of(new SettingRepository(redis), Some.Setting()), typeof(SettingRepository));

        static void Check(Call[] calls, Type repository)
            => Assert.Equal(
                Call.MembersOf(repository).Order(StringComparer.Ordinal),
                calls.Select(call => call.Name.Split('<', '(')[0]).Distinct().Order(StringComparer.Ordinal));
    }
}
