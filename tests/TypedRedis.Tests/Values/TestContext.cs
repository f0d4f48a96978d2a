using System.Reflection;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace TypedRedis.Tests;

/// <summary>Makes contexts that have options but no connection: enough for keys and encodings.</summary>
internal static class TestContext
{
    /// <summary>The one place where a <see cref="RedisContext"/> without a connection is made.</summary>
    public static RedisContext Create(RedisContextOptions? options = null)
    {
        var context = (RedisContext)RuntimeHelpers.GetUninitializedObject(typeof(RedisContext));
        typeof(RedisContext).GetField("<Options>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic)!
            .SetValue(context, options ?? new RedisContextOptions());
        return context;
    }

    /// <summary>The context of an entity of the model <c>Shop.User</c> with one field, <c>name</c>.</summary>
    public static CodecContext Codec(RedisContextOptions? options = null)
        => new(Create(options), new HashSchema("Shop.User", ["name"], presence: 0), (RedisKey)"user:42"u8.ToArray());
}
