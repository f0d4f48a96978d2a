namespace TypedRedis.Integration.Tests.Faults;

/// <summary>Tests that break something. They run after all others and one by one, so that nothing but the fault disturbs them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FaultCollection
{
    public const string Name = "Faults";
}
