namespace TypedRedis.Integration.Tests.Models;

/// <summary>An integer of 64 bits without bounds or expiry: increments are plain commands.</summary>
[AtomicValue("ticks:{Id}")]
public sealed record Ticks(string Id, long Count);

/// <summary>An integer with bounds.</summary>
[AtomicValue("stock:{Sku}", Minimum = 0, Maximum = 1000)]
public sealed record Stock(string Sku, long Units);

/// <summary>An integer of 32 bits with an expiry that does not slide.</summary>
[AtomicValue("hits:{#Site}:{Day:yyyy-MM-dd}", Minimum = -5), Expires("10d")]
public sealed record Hits(string Site, DateOnly Day, int Count);

/// <summary>An integer whose expiry slides.</summary>
[AtomicValue("tries:{User}"), Expires("10d", Sliding = true)]
public sealed record Tries(long User, long Count);

/// <summary>A text whose expiry slides.</summary>
[AtomicValue("leader:{Job}"), Expires("10d", Sliding = true)]
public sealed record Leader(string Job, string Node);

/// <summary>A number that has several texts.</summary>
[AtomicValue("price:{Id}")]
public sealed record Price(int Id, decimal Amount);

/// <summary>An enum.</summary>
[AtomicValue("phase:{Id}"), Expires("10d")]
public sealed record Phase(int Id, Stage Now);
