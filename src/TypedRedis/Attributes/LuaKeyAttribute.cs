using StackExchange.Redis;

namespace TypedRedis;

/// <summary>
/// Marks a parameter of a <see cref="LuaScriptAttribute"/> method, a <see cref="string"/>, a <see cref="RedisKey"/> or a collection of these, as a key: it stands in
/// <c>KEYS</c>, and begins with the context's prefix. A typed key is one without the attribute.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class LuaKeyAttribute : Attribute;
