using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Diagnostics;

/// <content>Caches.</content>
internal static partial class Rules
{
    /// <summary>model.</summary>
    public static readonly DiagnosticDescriptor CacheTtl = Rule(
        "TR1070",
        "A cache says how long its entries are fresh",
        "'{0}' is cached without a Ttl: say how long an entry is fresh, as in [CacheAside(…, Ttl = \"10m\")]");

    /// <summary>model, option, value, what it must be.</summary>
    public static readonly DiagnosticDescriptor CacheOptionRange = Rule(
        "TR1071",
        "The option of the cache is out of its range",
        "'{0}' cannot have {1} = {2}: it must be {3}");

    /// <summary>model, option or attribute, why it cannot be and what to do.</summary>
    public static readonly DiagnosticDescriptor CacheOptions = Rule(
        "TR1072",
        "The options of the cache contradict each other",
        "'{0}' cannot have {1}: {2}");

    /// <summary>model, the offending text, what is wrong with it and what to do, with the punctuation before it.</summary>
    public static readonly DiagnosticDescriptor CacheTag = Rule(
        "TR1073",
        "The tag template is malformed",
        "The tag template of '{0}' is wrong at '{1}'{2}");

    /// <summary>model, its template, the other model, the other's template, the name that both caches would have.</summary>
    public static readonly DiagnosticDescriptor CacheName = Rule(
        "TR1074",
        "Two caches have the same name",
        "The key template '{1}' of '{0}' differs from '{3}' of '{2}' in its parts alone, so that both caches would have the name '{4}' and get each other's messages, tags and queues: begin them with different text",
        customTags: WellKnownDiagnosticTags.CompilationEnd);

    private static DiagnosticDescriptor[] OfCaches => [CacheTtl, CacheOptionRange, CacheOptions, CacheTag, CacheName];
}
