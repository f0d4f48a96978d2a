namespace TypedRedis;

/// <summary>
/// Gives the repository atomic operations on one member: <c>GetAndSet{Member}Async</c>, which returns the value that it replaces, and
/// <c>CompareAndSet{Member}Async</c>, which sets a value only where another one stands.
/// </summary>
[AttributeUsage(AttributeTargets.Property, Inherited = true)]
public sealed class AtomicAttribute : Attribute;
