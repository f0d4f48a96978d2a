using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Emit;

/// <summary>Emits what the repositories of all kinds have: constructors, and batches that take the values of key parts.</summary>
internal static class RepositoryEmitter
{
    /// <summary>The beginning of the class. Its block is left open.</summary>
    /// <param name="modifier">Its accessibility and a space, or nothing.</param>
    /// <param name="what">The noun in the summary: <c>Redis hashes</c>.</param>
    /// <param name="baseType">The generic base, with its arguments.</param>
    public static SourceWriter.Scope Open(SourceWriter writer, ModelIdentity model, KeyModel key, string name, string modifier, string what, string baseType)
    {
        string entities = $"Stores <see cref=\"{model.Reference}\"/> entities";
        var scope = OpenStore(writer, name, modifier, $"{entities} as {what} at <c>{Literals.Xml(key.Template.Layout)}</c>", entities + " in a database", baseType);
        writer.Line();
        return scope;
    }

    /// <summary>The beginning of the class of a store, with its constructors. Its block is left open.</summary>
    /// <param name="summary">The first sentence of the summary, without its full stop.</param>
    /// <param name="ofConstructor">The same of the constructor.</param>
    public static SourceWriter.Scope OpenStore(SourceWriter writer, string name, string modifier, string summary, string ofConstructor, string baseType)
    {
        writer.Line($"""
            /// <summary>{summary}. Thread-safe.</summary>
            {SourceFile.GeneratedCode}
            {modifier}partial class {name} : {baseType}
            """);
        var scope = writer.Block();
        writer.Line($$"""
            /// <summary>{{ofConstructor}}.</summary>
            public {{name}}(TR::RedisContext redis)
                : base(redis)
            {
            }

            /// <summary>For substitutes in unit tests, which override what is called.</summary>
            protected {{name}}()
            {
            }
            """);
        return scope;
    }

    /// <summary>What repositories of encrypted models have besides.</summary>
    public static void Reencryption(SourceWriter writer) => writer.Line("""

        /// <summary>
        /// Encrypts with the current key what an older one encrypted, or nothing, and says how many values that were. Writes of others stay. SCAN on every primary,
        /// one read and one compare-and-set per entity, pipelined; never atomic as a whole. O(keys of the database).
        /// </summary>
        public virtual THR::Tasks.Task<long> ReencryptAsync(THR::CancellationToken cancellationToken = default)
            => ReencryptCoreAsync(cancellationToken);
        """);

    public static void Batches(SourceWriter writer, ModelIdentity model, KeyModel key, string readCost, string deleteOnCluster = "")
    {
        string ids = $"GEN::IEnumerable<{key.PartsType}> ids";
        string keys = $"SYS::Linq.Enumerable.Select(ids, static id => {KeyEmitter.NewFromParts(key, "id")})";
        writer.Line($"""
            /// <summary>Reads entities, in the order of <paramref name="ids"/>; null where there is none. Pipelined: one round trip per 1,000 keys. {readCost}</summary>
            public virtual THR::Tasks.Task<{model.Reference}?[]> GetManyAsync({ids}, THR::CancellationToken cancellationToken = default)
                => GetManyAsync({keys}, cancellationToken);

            /// <summary>Deletes entities, and says of each of <paramref name="ids"/> whether there was one. Pipelined: one round trip per 1,000 keys{deleteOnCluster}. O(1) per entity; the server frees the memory in the background.</summary>
            public virtual THR::Tasks.Task<bool[]> DeleteManyAsync({ids}, THR::CancellationToken cancellationToken = default)
                => DeleteManyAsync({keys}, cancellationToken);
            """);
    }
}
