using StackExchange.Redis;

namespace TypedRedis;

/// <summary>Writes what a model ranks or counts, and reads it back. Two members are equal exactly when their texts are.</summary>
/// <typeparam name="TMember">The member's type; a tuple of several.</typeparam>
public interface IMemberMapper<TMember>
    where TMember : notnull
{
    /// <summary>Writes a member: a number in decimal, a text as it is, the parts of a composite as parts of a key, with <c>:</c> between.</summary>
    /// <exception cref="RedisEncodeException">The member has no UTF-8 form, or is null.</exception>
    static abstract RedisValue WriteMember(TMember member, in CodecContext context);

    /// <summary>Reads a member back.</summary>
    /// <exception cref="RedisDecodeException">It is none that <see cref="WriteMember"/> writes.</exception>
    static abstract TMember ReadMember(RedisValue member, in CodecContext context);
}

/// <summary>The same, and which member and which key an instance of the model speaks of.</summary>
/// <typeparam name="TEntity">The model.</typeparam>
/// <typeparam name="TKey">Its key.</typeparam>
/// <typeparam name="TMember">The member's type; a tuple of several.</typeparam>
public interface IMemberMapper<TEntity, TKey, TMember> : IMemberMapper<TMember>
    where TEntity : class
    where TKey : struct, IRedisKey<TKey>
    where TMember : notnull
{
    /// <summary>The key of an instance.</summary>
    static abstract TKey KeyOf(TEntity entity);

    /// <summary>The member of an instance.</summary>
    static abstract TMember MemberOf(TEntity entity);
}
