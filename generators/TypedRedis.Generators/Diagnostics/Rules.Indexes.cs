using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Diagnostics;

/// <content>Indexes, concurrency tokens, counters with bounds.</content>
internal static partial class Rules
{
    /// <summary>model, member, index, why it cannot be and what to do.</summary>
    public static readonly DiagnosticDescriptor IndexMember = Rule(
        "TR1025",
        "The member cannot be indexed like this",
        "'{0}.{1}' cannot be a member of the index '{2}': {3}");

    /// <summary>model, index, what is wrong with it and what to do.</summary>
    public static readonly DiagnosticDescriptor IndexDeclaration = Rule(
        "TR1026",
        "The index is not declared properly",
        "The index '{1}' of '{0}' cannot be declared like this: {2}");

    /// <summary>model, index, what to do.</summary>
    public static readonly DiagnosticDescriptor IndexSlot = Rule(
        "TR1027",
        "The index does not share the slot of its entities",
        "On a Redis Cluster the index '{1}' of '{0}' stands in other slots than its entities, so that a write that changes it takes several round trips; to keep it in the entity's atomic step, {2}",
        DiagnosticSeverity.Info);

    /// <summary>model, member, why it cannot be and what to do.</summary>
    public static readonly DiagnosticDescriptor ConcurrencyToken = Rule(
        "TR1028",
        "The member cannot be the concurrency token",
        "'{0}.{1}' cannot be the concurrency token: {2}");

    /// <summary>model, member, the name of the bound, its value, why it cannot be and what to do.</summary>
    public static readonly DiagnosticDescriptor CounterBounds = Rule(
        "TR1029",
        "The bound does not fit the counter",
        "The counter '{0}.{1}' cannot have the {2} {3}: {4}");

    private static DiagnosticDescriptor[] OfIndexes => [IndexMember, IndexDeclaration, IndexSlot, ConcurrencyToken, CounterBounds];
}
