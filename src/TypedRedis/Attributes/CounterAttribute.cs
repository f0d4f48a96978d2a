namespace TypedRedis;

/// <summary>
/// Makes an <see cref="int"/> or <see cref="long"/> member a counter: the repository gets <c>Increment{Member}Async</c>, and whole writes set the member
/// only when they create the entity, so that they never undo a concurrent increment. A patch may set it.
/// </summary>
[AttributeUsage(AttributeTargets.Property, Inherited = true)]
public sealed class CounterAttribute : Attribute;
