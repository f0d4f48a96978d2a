namespace TypedRedis;

/// <summary>What is in the queues of a write-behind cache, at one moment.</summary>
public sealed record WriteBehindStatus
{
    /// <summary>Entities whose last write the source does not have yet. Dead letters are not among them.</summary>
    public long Pending { get; init; }

    /// <summary>How many of them a worker has taken and is writing. Those of one that died are among them until their lease ends.</summary>
    public long Leased { get; init; }

    /// <summary>How many of them the source has refused and wait to be tried again.</summary>
    public long Retrying { get; init; }

    /// <summary>How long the source has lacked a write, at most; zero where nothing is pending.</summary>
    public TimeSpan Lag { get; init; }

    /// <summary>For how long writes have been due that no worker has taken; zero where there are none. More than some seconds says that no worker runs over this prefix, or that they do not keep up.</summary>
    public TimeSpan Overdue { get; init; }

    /// <summary>Writes that were tried as often as declared, and are not tried again by themselves.</summary>
    public long DeadLetters { get; init; }
}

/// <summary>The queues of a write-behind cache under a prefix, whose writes no worker takes.</summary>
/// <param name="Cache">The cache's name: its template with <c>{}</c> for each part.</param>
/// <param name="Prefix">The prefix of the context that they belong to.</param>
/// <param name="Status">What is in them.</param>
public sealed record OverdueWrites(string Cache, string Prefix, WriteBehindStatus Status);

/// <summary>A write that the source has refused as often as declared.</summary>
/// <typeparam name="TKey">The cache's key.</typeparam>
/// <typeparam name="TEntity">The model.</typeparam>
public sealed record DeadLetter<TKey, TEntity>
    where TKey : struct, IRedisKey<TKey>
    where TEntity : class
{
    /// <summary>The key.</summary>
    public required TKey Key { get; init; }

    /// <summary>The entity; null for a deletion, and where its value cannot be read.</summary>
    public TEntity? Entity { get; init; }

    /// <summary>Whether the entity was deleted.</summary>
    public bool IsDelete { get; init; }

    /// <summary>The version of the write.</summary>
    public long Version { get; init; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>The type and the message of the last exception, the first 500 characters of them. They are stored in Redis as they are.</summary>
    public required string Reason { get; init; }

    /// <summary>When it became a dead letter, by the server's clock.</summary>
    public DateTimeOffset FailedAt { get; init; }
}
