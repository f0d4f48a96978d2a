namespace TypedRedis;

/// <summary>
/// Marks the score of a <see cref="LeaderboardAttribute"/>: an <see cref="int"/>, <see cref="long"/>, <see cref="double"/> or <see cref="TimeSpan"/>. Redis keeps scores as
/// 64-bit floating point numbers, a <see cref="TimeSpan"/> as its ticks; a score that such a number cannot hold exactly is refused, never rounded.
/// </summary>
[AttributeUsage(AttributeTargets.Property, Inherited = true)]
public sealed class ScoreAttribute : Attribute;
