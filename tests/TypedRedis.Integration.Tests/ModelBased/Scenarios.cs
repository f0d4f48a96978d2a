using TypedRedis.Integration.Tests.Models;

namespace TypedRedis.Integration.Tests.ModelBased;

internal sealed class ProductScenario(RedisContext redis, ProductRepository products)
    : Scenario<Product, ProductKey>(new HashVerbs<Product, ProductKey, ProductHash>(products), ProductHash.Schema, redis)
{
    public ProductScenario(RedisContext redis)
        : this(redis, new(redis))
    {
    }

    public override ProductKey[] Keys(int worker) => [.. Enumerable.Range(worker * 5 - 2, 5).Select(id => new ProductKey(id))];

    public override ProductKey KeyOf(Product entity) => new(entity.Id);

    public override Product Entity(Random random, ProductKey key) => new()
    {
        Id = key.Id,
        Name = Text(random),
        Price = random.Next(4) == 0 ? decimal.MinValue : random.Next(1000) / 100m,
        Active = random.Next(2) == 0,
        ChangedAt = new DateTimeOffset(DateTime.UnixEpoch.Ticks + random.NextInt64(TimeSpan.TicksPerDay * 40_000), TimeSpan.FromMinutes(random.Next(-840, 841))),
    };

    public override Patches<Product, ProductKey> Patches { get; } = new Patches<Product, ProductKey, ProductPatch>(
        (key, patch) => products.PatchAsync(key, patch),
        patches => products.PatchManyAsync(patches),
        (static random => { var value = Text(random); return (patch => patch.Name = value, entity => entity with { Name = value }); }, 40),
        (static random => { var value = random.Next(9) - 0.50m; return (patch => patch.Price = value, entity => entity with { Price = value }); }, 40),
        (static random => { var value = random.Next(2) == 0; return (patch => patch.Active = value, entity => entity with { Active = value }); }, 40));
}

internal sealed class DocumentScenario(RedisContext redis, DocumentRepository documents)
    : Scenario<Document, DocumentKey>(new HashVerbs<Document, DocumentKey, DocumentHash>(documents), DocumentHash.Schema, redis)
{
    public DocumentScenario(RedisContext redis)
        : this(redis, new(redis))
    {
    }

    public override DocumentKey[] Keys(int worker) => [.. Enumerable.Range(0, 6).Select(i => new DocumentKey($"{worker}{Hostile(worker + i / 3)}", Hostile(worker * 3 + i)))];

    public override DocumentKey KeyOf(Document entity) => new(entity.Owner, entity.Name);

    public override Document Entity(Random random, DocumentKey key) => new()
    {
        Owner = key.Owner,
        Name = key.Name,
        Title = MaybeText(random),
        Body = Text(random),
        Pages = Maybe(random, random.Next(-5, 5)),
        Views = random.Next(5) switch { 0 => long.MaxValue - 1, 1 => long.MinValue, _ => random.Next(10) },
        Likes = random.Next(5) switch { 0 => int.MaxValue - 1, 1 => int.MinValue + 1, _ => random.Next(10) },
        Stage = (Stage)random.Next(3),
        Before = Maybe(random, (Stage)random.Next(3)),
        Rights = (Rights)random.Next(8),
        Place = random.Next(2) == 0 ? null : new Place(Text(random), Maybe(random, random.NextDouble())),
        Labels = [.. Enumerable.Range(0, random.Next(3)).Select(_ => Text(random))],
        Reviewer = Maybe(random, RandomGuid(random)),
        Score = random.Next(5) switch { 0 => double.NaN, 1 => double.NegativeInfinity, 2 => -0.0, _ => random.NextDouble() },
        Thumbnail = random.Next(3) switch { 0 => null, 1 => [], _ => [0, 255, 10, 13, (byte)random.Next(256)] },
    };

    public override Document KeepCounters(Document written, Document existing) => written with { Views = existing.Views, Likes = existing.Likes };

    public override IReadOnlyList<Counter<Document, DocumentKey>> Counters { get; } =
    [
        new("Views", long.MinValue, long.MaxValue, (key, by) => documents.IncrementViewsAsync(key, by), static entity => entity.Views, static (entity, value) => entity with { Views = value }),
        new("Likes", int.MinValue, int.MaxValue, async (key, by) => await documents.IncrementLikesAsync(key, (int)by), static entity => entity.Likes, static (entity, value) => entity with { Likes = (int)value }),
    ];

    public override IReadOnlyList<Projection<Document, DocumentKey>> Projections { get; } =
    [
        new Projection<Document, DocumentKey, DocumentHash, DocumentCard>(documents, static entity => new() { Name = entity.Name, Title = entity.Title, Stage = entity.Stage, Views = entity.Views }),
        new Projection<Document, DocumentKey, DocumentHash, DocumentText>(documents, static entity => new() { Body = entity.Body, Labels = entity.Labels }),
    ];

    public override Patches<Document, DocumentKey> Patches { get; } = new Patches<Document, DocumentKey, DocumentPatch>(
        (key, patch) => documents.PatchAsync(key, patch),
        patches => documents.PatchManyAsync(patches),
        (static random => { var value = MaybeText(random); return (patch => patch.Title = value, entity => entity with { Title = value }); }, 30),
        (static random => { var value = Text(random); return (patch => patch.Body = value, entity => entity with { Body = value }); }, 20),
        (static random => { var value = Maybe(random, random.Next()); return (patch => patch.Pages = value, entity => entity with { Pages = value }); }, 30),
        (static random => { var value = random.NextInt64(); return (patch => patch.Views = value, entity => entity with { Views = value }); }, 10),
        (static random => { var value = random.Next(); return (patch => patch.Likes = value, entity => entity with { Likes = value }); }, 10),
        (static random => { var value = Maybe(random, (Stage)random.Next(3)); return (patch => patch.Before = value, entity => entity with { Before = value }); }, 30),
        (static random => { var value = (Rights)random.Next(8); return (patch => patch.Rights = value, entity => entity with { Rights = value }); }, 20),
        (static random => { var value = random.Next(2) == 0 ? null : new Place("p", null); return (patch => patch.Place = value, entity => entity with { Place = value }); }, 30),
        (static random => { List<string> value = [Text(random)]; return (patch => patch.Labels = value, entity => entity with { Labels = value }); }, 20),
        (static random => { var value = Maybe(random, RandomGuid(random)); return (patch => patch.Reviewer = value, entity => entity with { Reviewer = value }); }, 30),
        (static random => { byte[]? value = random.Next(2) == 0 ? null : [1]; return (patch => patch.Thumbnail = value, entity => entity with { Thumbnail = value }); }, 30));

    internal static Guid RandomGuid(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}

internal sealed class TokenScenario(RedisContext redis, TokenRepository tokens)
    : Scenario<Token, TokenKey>(new HashVerbs<Token, TokenKey, TokenHash>(tokens), TokenHash.Schema, redis)
{
    public TokenScenario(RedisContext redis)
        : this(redis, new(redis))
    {
    }

    public override TokenKey[] Keys(int worker) => [.. Enumerable.Range(0, 4).Select(i => new TokenKey(new Guid(worker, (short)i, 0, [1, 2, 3, 4, 5, 6, 7, 8])))];

    public override TokenKey KeyOf(Token entity) => new(entity.Id);

    public override Token Entity(Random random, TokenKey key) => new() { Id = key.Id, Subject = Text(random), Scope = MaybeText(random), Uses = random.Next(3) };

    public override Token KeepCounters(Token written, Token existing) => written with { Uses = existing.Uses };

    public override IReadOnlyList<Counter<Token, TokenKey>> Counters { get; } =
    [
        new("Uses", int.MinValue, int.MaxValue, async (key, by) => await tokens.IncrementUsesAsync(key, (int)by), static entity => entity.Uses, static (entity, value) => entity with { Uses = (int)value }),
    ];

    public override Patches<Token, TokenKey> Patches { get; } = new Patches<Token, TokenKey, TokenPatch>(
        (key, patch) => tokens.PatchAsync(key, patch),
        patches => tokens.PatchManyAsync(patches),
        (static random => { var value = MaybeText(random); return (patch => patch.Scope = value, entity => entity with { Scope = value }); }, 50),
        (static random => { var value = Text(random); return (patch => patch.Subject = value, entity => entity with { Subject = value }); }, 50));
}

internal sealed class ProfileScenario(RedisContext redis, ProfileRepository profiles)
    : Scenario<Profile, ProfileKey>(new HashVerbs<Profile, ProfileKey, ProfileHash>(profiles), ProfileHash.Schema, redis)
{
    public ProfileScenario(RedisContext redis)
        : this(redis, new(redis))
    {
    }

    public override ProfileKey[] Keys(int worker) => [.. Enumerable.Range(0, 5).Select(i => new ProfileKey(i == 0 ? long.MinValue + worker : worker * 10 + i))];

    public override ProfileKey KeyOf(Profile entity) => new(entity.Id);

    public override Profile Entity(Random random, ProfileKey key) => new()
    {
        Id = key.Id,
        Nick = MaybeText(random),
        Age = Maybe(random, random.Next(100)),
        Birthday = Maybe(random, DateOnly.FromDayNumber(random.Next(1_000_000))),
    };

    public override IReadOnlyList<Projection<Profile, ProfileKey>> Projections { get; } =
    [
        new Projection<Profile, ProfileKey, ProfileHash, ProfileId>(profiles, static entity => new() { Id = entity.Id }),
    ];

    public override Patches<Profile, ProfileKey> Patches { get; } = new Patches<Profile, ProfileKey, ProfilePatch>(
        (key, patch) => profiles.PatchAsync(key, patch),
        patches => profiles.PatchManyAsync(patches),
        (static random => { var value = MaybeText(random); return (patch => patch.Nick = value, entity => entity with { Nick = value }); }, 50),
        (static random => { var value = Maybe(random, random.Next(100)); return (patch => patch.Age = value, entity => entity with { Age = value }); }, 50),
        (static random => { var value = Maybe(random, DateOnly.MaxValue); return (patch => patch.Birthday = value, entity => entity with { Birthday = value }); }, 50));
}

internal sealed class SeenScenario(RedisContext redis, SeenRepository seen)
    : Scenario<Seen, SeenKey>(new HashVerbs<Seen, SeenKey, SeenHash>(seen), SeenHash.Schema, redis)
{
    public SeenScenario(RedisContext redis)
        : this(redis, new(redis))
    {
    }

    public override SeenKey[] Keys(int worker) => [.. Enumerable.Range(0, 4).Select(i => new SeenKey(-worker, DateOnly.FromDayNumber(i * 100_000)))];

    public override SeenKey KeyOf(Seen entity) => new(entity.User, entity.Day);

    public override Seen Entity(Random random, SeenKey key) => new(key.User, key.Day);
}

internal sealed class TallyScenario(RedisContext redis, TallyRepository tallies)
    : Scenario<Tally, TallyKey>(new HashVerbs<Tally, TallyKey, TallyHash>(tallies), TallyHash.Schema, redis)
{
    public TallyScenario(RedisContext redis)
        : this(redis, new(redis))
    {
    }

    public override TallyKey[] Keys(int worker) => [.. Enumerable.Range(0, 4).Select(i => new TallyKey($"{worker}{Hostile(i + worker)}"))];

    public override TallyKey KeyOf(Tally entity) => new(entity.Id);

    public override Tally Entity(Random random, TallyKey key) => new() { Id = key.Id, Total = random.Next(-9, 9), Recent = random.Next(-9, 9), Note = MaybeText(random) };

    public override Tally KeepCounters(Tally written, Tally existing) => written with { Total = existing.Total, Recent = existing.Recent };

    public override IReadOnlyList<Counter<Tally, TallyKey>> Counters { get; } =
    [
        new("Total", long.MinValue, long.MaxValue, (key, by) => tallies.IncrementTotalAsync(key, by), static entity => entity.Total, static (entity, value) => entity with { Total = value }),
        new("Recent", int.MinValue, int.MaxValue, async (key, by) => await tallies.IncrementRecentAsync(key, (int)by), static entity => entity.Recent, static (entity, value) => entity with { Recent = (int)value }),
    ];

    public override Patches<Tally, TallyKey> Patches { get; } = new Patches<Tally, TallyKey, TallyPatch>(
        (key, patch) => tallies.PatchAsync(key, patch),
        patches => tallies.PatchManyAsync(patches),
        (static random => { var value = MaybeText(random); return (patch => patch.Note = value, entity => entity with { Note = value }); }, 50),
        (static random => { long value = random.Next(); return (patch => patch.Total = value, entity => entity with { Total = value }); }, 20));
}

internal sealed class SettingScenario(RedisContext redis)
    : Scenario<Setting, SettingKey>(new StringVerbs<Setting, SettingKey, SettingString>(new SettingRepository(redis)), SettingString.Schema, redis)
{
    public override SettingKey[] Keys(int worker) => [.. Enumerable.Range(0, 5).Select(i => new SettingKey($"{worker}{Hostile(i * 2 + worker)}"))];

    public override SettingKey KeyOf(Setting entity) => new(entity.Id);

    public override Setting Entity(Random random, SettingKey key) => new(key.Id, MaybeText(random), Maybe(random, random.Next()));
}

internal sealed class SessionScenario(RedisContext redis)
    : Scenario<Session, SessionKey>(new StringVerbs<Session, SessionKey, SessionString>(new SessionRepository(redis)), SessionString.Schema, redis)
{
    public override SessionKey[] Keys(int worker) => [.. Enumerable.Range(0, 5).Select(i => new SessionKey(worker * 2 + i % 2, Hostile(i * 3 + worker)))];

    public override SessionKey KeyOf(Session entity) => new(entity.User, entity.Id);

    public override Session Entity(Random random, SessionKey key) => new(key.User, key.Id, Text(random), [.. Enumerable.Range(0, random.Next(3)).Select(_ => Text(random))]);
}

internal sealed class TicketScenario(RedisContext redis)
    : Scenario<Ticket, TicketKey>(new StringVerbs<Ticket, TicketKey, TicketString>(new TicketRepository(redis)), TicketString.Schema, redis)
{
    public override TicketKey[] Keys(int worker) => [.. Enumerable.Range(worker * 4, 4).Select(id => new TicketKey(id))];

    public override TicketKey KeyOf(Ticket entity) => new(entity.Id);

    public override Ticket Entity(Random random, TicketKey key) => new(key.Id, Text(random), (Stage)random.Next(3));
}
