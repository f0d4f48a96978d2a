namespace TypedRedis;

/// <summary>A page of what an index finds.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <param name="Items">The entities, in the order of the index. There can be fewer than were asked for, even none, on a page that is not the last.</param>
/// <param name="Next">
/// What to pass for the next page; null on the last. It names the last entry of this page, so it stays valid whatever is written meanwhile, for any process,
/// and for as long as one likes. Not a secret and not signed: it shows a key and an indexed value.
/// </param>
public sealed record IndexPage<TEntity>(IReadOnlyList<TEntity> Items, string? Next)
    where TEntity : class;
