using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests;

/// <summary>Entities for tests that care for their keys only, or for little else.</summary>
internal static class Some
{
    public static Product Product(int id = 42) => new()
    {
        Id = id,
        Name = $"product {id}",
        Price = id + 0.90m,
        Active = true,
        ChangedAt = new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)),
    };

    /// <summary>A document without anything that can be absent.</summary>
    public static Document Document(string owner = "ann", string name = "notes") => new() { Owner = owner, Name = name, Body = $"of {owner}" };

    /// <summary>A document with everything that can be absent.</summary>
    public static Document RichDocument(string owner = "ann", string name = "notes") => Document(owner, name) with
    {
        Title = "a title",
        Pages = 3,
        Before = Stage.Draft,
        Place = new Place("Bern", 540),
        Reviewer = Guid.Empty,
        Thumbnail = [1, 2, 3],
    };

    public static Session Session(long user = 7, string id = "s1") => new(user, id, "phone", ["read"]);

    public static Setting Setting(string id = "colour") => new(id, "blue", 1);

    public static Tally Tally(string id = "t") => new() { Id = id };
}
