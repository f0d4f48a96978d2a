using System.Buffers.Text;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// What the indexes of a model have in common. What they return is read from the entities themselves, at the moment of the read, and is left out where it does not have
/// the value any more; reading through an index does not start a sliding expiry anew.
/// </summary>
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

    private protected RedisKey KeyOf<TValue>(IndexValueWriter<TValue>? write, TValue value)
    {
        using var buffer = new ValueBuffer(Source.Schema.ValueCount);
        write!(value, buffer.Values, Source.Context);
        return IndexText.Key(Source.Schema, _index, buffer.Values);
    }

    private protected RedisKey KeyOfAll() => IndexText.Key(Source.Schema, _index, []);

    private protected IndexRange RangeOf<TSort>(IndexValueWriter<TSort>? write, TSort? from, TSort? to, bool descending)
        where TSort : struct
        => IndexRange.Of(OrderOf(write, from), OrderOf(write, to), descending);

    private protected async IAsyncEnumerable<TEntity> ListAsync(
        RedisKey key, IndexRange range, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        byte[]? last;
        do
        {
            (List<TEntity> items, last) = await Source.PageAsync(key, Schema.Kind == IndexKind.Sorted, range, pageSize, cancellationToken).ConfigureAwait(false);
            foreach (TEntity item in items)
            {
                yield return item;
            }

            if (last is not null)
            {
                range = range.After(last);
            }
        }
        while (last is not null);
    }

    private protected async Task<IndexPage<TEntity>> PageAsync(RedisKey key, IndexRange range, int size, string? after, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (after is not null)
        {
            range = range.After(PlaceOf(after));
        }

        (List<TEntity> items, byte[]? last) = await Source.PageAsync(key, Schema.Kind == IndexKind.Sorted, range, size, cancellationToken).ConfigureAwait(false);
        return new IndexPage<TEntity>(items, last is null ? null : Base64Url.EncodeToString(last));
    }

    private protected Task<long> CountAsync(RedisKey key, IndexRange range, CancellationToken cancellationToken)
        => Source.CountAsync(key, Schema.Kind == IndexKind.Sorted, range, cancellationToken);

    private static byte[] PlaceOf(string after)
    {
        if (Base64Url.IsValid(after, out int length) && length > 0)
        {
            return Base64Url.DecodeFromChars(after);
        }

        throw new ArgumentException($"'{Printable.Of(after)}' is no cursor. Pass what IndexPage.Next of the page before said, or null for the first page.", nameof(after));
    }

    private byte[]? OrderOf<TSort>(IndexValueWriter<TSort>? write, TSort? value)
        where TSort : struct
    {
        if (value is not { } bound)
        {
            return null;
        }

        using var buffer = new ValueBuffer(Source.Schema.ValueCount);
        write!(bound, buffer.Values, Source.Context);
        return IndexText.Order(Schema, buffer.Values, Source.Context);
    }
}
