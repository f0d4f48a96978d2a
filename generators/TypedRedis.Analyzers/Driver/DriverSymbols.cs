using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace TypedRedis.Analyzers.Driver;

/// <summary>The types of StackExchange.Redis in a compilation, by name: those of 1.2, 2.x and 3.x have the same.</summary>
internal sealed class DriverSymbols
{
    private static readonly ConditionalWeakTable<Compilation, Box> Known = new();

    private DriverSymbols(INamedTypeSymbol database)
    {
        Assembly = database.ContainingAssembly;
        Key = Type("RedisKey");
        Value = Type("RedisValue");
        ConfigurationOptions = Type("ConfigurationOptions");
    }

    /// <summary>The driver's assembly.</summary>
    public IAssemblySymbol Assembly { get; }

    public INamedTypeSymbol? Key { get; }

    public INamedTypeSymbol? Value { get; }

    public INamedTypeSymbol? ConfigurationOptions { get; }

    /// <summary>The types of a compilation; null where it has no driver.</summary>
    public static DriverSymbols? Of(Compilation compilation) => Known.GetValue(compilation, static compilation => new Box(Find(compilation))).Symbols;

    /// <summary>A type of the driver; null where it has none of that name.</summary>
    public INamedTypeSymbol? Type(string name) => Assembly.GetTypeByMetadataName("StackExchange.Redis." + name);

    /// <summary>Whether a method is one of the driver's.</summary>
    public bool Has(ISymbol symbol) => SymbolEqualityComparer.Default.Equals(symbol.ContainingAssembly, Assembly);

    private static DriverSymbols? Find(Compilation compilation)
    {
        foreach (var database in compilation.GetTypesByMetadataName("StackExchange.Redis.IDatabase"))
        {
            if (database.TypeKind == TypeKind.Interface)
                return new DriverSymbols(database);
        }

        return null;
    }

    private sealed class Box(DriverSymbols? symbols)
    {
        public DriverSymbols? Symbols { get; } = symbols;
    }
}
