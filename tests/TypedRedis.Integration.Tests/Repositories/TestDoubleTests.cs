using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.Repositories;

/// <summary>The seam for unit tests of users: a derived class without a context, which overrides what its test calls.</summary>
public sealed class TestDoubleTests
{
    private sealed class Products : ProductRepository
    {
        public override Task<Product?> GetAsync(ProductKey key, CancellationToken cancellationToken = default)
            => Task.FromResult<Product?>(key.Id == 1 ? Some.Product(1) : null);
    }

    private sealed class Documents : DocumentRepository
    {
        public override Task<long> IncrementViewsAsync(DocumentKey key, long by = 1, CancellationToken cancellationToken = default) => Task.FromResult(by);

        public override Task<bool> PatchAsync(DocumentKey key, DocumentPatch patch, CancellationToken cancellationToken = default) => Task.FromResult(patch.Title == "t");

        public override async IAsyncEnumerable<Document> ScanAsync(int pageSize = 1000, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            yield return Some.Document();
        }
    }

    private sealed class Sessions : SessionRepository
    {
        public override Task<bool> ExistsAsync(SessionKey key, CancellationToken cancellationToken = default) => Task.FromResult(true);
    }

    [Fact]
    public async Task What_is_overridden_answers()
    {
        Assert.Equal(Some.Product(1), await new Products().GetAsync(1));
        Assert.Null(await new Products().GetAsync(2));
        Assert.Equal(3, await new Documents().IncrementViewsAsync(("a", "b"), 3));
        Assert.True(await new Documents().PatchAsync(("a", "b"), new DocumentPatch { Title = "t" }));
        Assert.Equal(1, await new Documents().ScanAsync().CountAsync());
        Assert.True(await new Sessions().ExistsAsync((1, "x")));
    }

    [Fact]
    public async Task What_is_not_overridden_says_what_to_do()
    {
        string[] overridden = ["GetAsync", "IncrementViewsAsync", "PatchAsync", "ScanAsync", "ExistsAsync"];
        foreach (var (calls, type) in (IEnumerable<(Call[], string)>)[
            (Call.Of(new Products(), Some.Product()), nameof(Products)),
            (Call.Of(new Documents(), Some.Document()), nameof(Documents)),
            (Call.Of(new Sessions(), Some.Session()), nameof(Sessions))])
        {
            foreach (Call call in calls.Where(call => !overridden.Contains(call.Name)))
            {
                var error = await Assert.ThrowsAsync<InvalidOperationException>(() => call.RunAsync(default));
                Assert.True(error.Message.Contains(type, StringComparison.Ordinal) && error.Message.Contains("override", StringComparison.Ordinal) && error.Message.Contains(nameof(RedisContext), StringComparison.Ordinal), $"{call}: {error.Message}");
            }
        }
    }
}
