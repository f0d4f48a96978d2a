namespace TypedRedis;

/// <summary>What hears the messages of a cache. Called one after the other.</summary>
internal interface ICacheListener
{
    /// <summary>An entry was invalidated or written.</summary>
    void OnChanged(ReadOnlySpan<byte> key);

    /// <summary>A load has ended that others wait for.</summary>
    void OnLoaded(ReadOnlySpan<byte> key);

    /// <summary>Everything was invalidated.</summary>
    void OnCleared();

    /// <summary>Messages may have been missed.</summary>
    void OnLost();

    /// <summary>Some time has passed: a moment to tidy up.</summary>
    void OnTime(long now);
}
