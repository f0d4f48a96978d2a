using TypedRedis;

/// <summary>Its template names no property.</summary>
[RedisHash("account:{Idd}"), Expires("1d")]
public sealed record Account(long Id, string Name);

/// <summary>Signatures that name what a right model would have. The compiler must come to say what is wrong with the model all the same.</summary>
public sealed class Accounts(AccountRepository accounts)
{
    public AccountRepository All { get; } = accounts;

    public AccountKey? Last { get; set; }
}
