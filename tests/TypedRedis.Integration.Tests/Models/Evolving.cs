namespace TypedRedis.Integration.Tests.Models;

/// <summary>The third form. The first had name, active_minutes, email and visits; the second first and last in place of name. No member of the third was in the first.</summary>
[RedisHash("person:{Id}", Version = 3, Upgrade = typeof(PersonUpgrade)), Expires(ExpiresAttribute.Never)]
public sealed record Person
{
    public required int Id { get; init; }

    public required string First { get; init; }

    public required string Last { get; init; }

    public long ActiveSeconds { get; init; }

    [RedisField("mail", FormerNames = ["email", "e_mail"]), Atomic]
    public string? Mail { get; init; }

    [Counter(Minimum = 0), RedisField(FormerNames = ["visits"])]
    public int Logins { get; init; }

    public string Language { get; init; } = "en";
}

public sealed class PersonUpgrade : IModelUpgrade<Person>
{
    public static void Upgrade(ModelFields fields, int fromVersion)
    {
        switch (fromVersion)
        {
            case 1:
                string[] names = ((string)fields["name"]!).Split(' ', 2);
                fields["first"] = names[0];
                fields["last"] = names[1];
                fields.Remove("name");
                break;
            case 2:
                fields["active_seconds"] = 60 * (long)fields["active_minutes"];
                fields.Remove("active_minutes");
                break;
        }
    }
}

[RedisProjection<Person>]
public sealed partial record PersonName(int Id, string Last);

/// <summary>Indexes of upgraded and renamed members, in other slots and in the entity's.</summary>
[RedisHash("contact:{Id}", Version = 2, Upgrade = typeof(ContactUpgrade)), Expires("1h", Sliding = true)]
public sealed record Contact
{
    public required int Id { get; init; }

    [Indexed(Unique = true), RedisField("mail", FormerNames = ["email"])]
    public required string Mail { get; init; }

    [Indexed]
    public string? Country { get; init; }

    [Counter, Indexed(Sorted = true), RedisField(FormerNames = ["calls_total"])]
    public long Calls { get; init; }

    [ConcurrencyToken]
    public long Revision { get; init; }
}

public sealed class ContactUpgrade : IModelUpgrade<Contact>
{
    public static void Upgrade(ModelFields fields, int fromVersion)
    {
        fields["mail"] = ((string)fields["mail"]!).ToLowerInvariant();
        fields.Rename("land", "country");
    }
}

/// <summary>Renamed fields without a version, that which every entity has among them.</summary>
[RedisHash("label:{Id}"), Expires("1h", Sliding = true)]
public sealed record Label
{
    public required string Id { get; init; }

    [RedisField(FormerNames = ["caption"])]
    public required string Text { get; init; }

    [Counter, RedisField(FormerNames = ["count", "n"])]
    public long Uses { get; init; }

    public string? Note { get; init; }
}

[RedisProjection<Label>]
public sealed partial record LabelUses(string Id, long Uses);

/// <summary>A first version that says so, and so neither reads nor overwrites a later one.</summary>
[RedisHash("fenced:{Id}", Version = 1), Expires(ExpiresAttribute.Never)]
public sealed record Fenced
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    [Counter]
    public long Uses { get; init; }
}

/// <summary>Nothing that every entity has.</summary>
[RedisHash("loose:{Id}", Version = 2, Upgrade = typeof(LooseUpgrade)), Expires(ExpiresAttribute.Never)]
public sealed record Loose
{
    public required int Id { get; init; }

    public string? Name { get; init; }

    public int? Age { get; init; }
}

public sealed class LooseUpgrade : IModelUpgrade<Loose>
{
    public static void Upgrade(ModelFields fields, int fromVersion)
    {
        if (!fields["born"].IsNull)
            fields["age"] = 2026 - (int)fields["born"];
        fields.Remove("born");
    }
}

/// <summary>Something happens between the read and the write of an upgrade.</summary>
[RedisHash("raced:{Id}", Version = 2, Upgrade = typeof(RacedUpgrade)), Expires(ExpiresAttribute.Never)]
public sealed record Raced
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    [Counter]
    public long Uses { get; init; }

    public string? Note { get; init; }
}

public sealed class RacedUpgrade : IModelUpgrade<Raced>
{
    private static Action? s_next;

    /// <summary>Does something during the next upgrade.</summary>
    public static void Next(Action action) => s_next = action;

    public static void Upgrade(ModelFields fields, int fromVersion)
    {
        fields.Rename("title", "name");
        fields.Rename("remark", "note");
        Interlocked.Exchange(ref s_next, null)?.Invoke();
    }
}
