using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.RedisHash;

/// <summary>Emits what a model's indexes add to its schema, mapper and repository, to the header and to the manifest.</summary>
internal static class IndexEmitter
{
    private const string WhereRead = "where an index has a member that is assigned and one that is not";

    /// <summary>The schema's initializer, a line for each property, or nothing.</summary>
    public static IEnumerable<string> Schema(HashModel model)
    {
        if (model.Indexes.Indexes.IsEmpty)
            yield break;

        yield return $"IndexKey = {Literals.Text(model.HashKey.Template.Shape)},";
        if (!model.Indexes.Parts.IsEmpty)
            yield return $"KeyParts = {model.Indexes.Parts.Count},";
        yield return "Indexes =";
        yield return "[";
        foreach (var index in model.Indexes.Indexes)
        {
            var properties = new List<string>();
            if (index.Sort is { } sort)
                properties.Add($"Sort = TR::SortType.{sort}");
            if (index.IsCollection)
                properties.Add("IsCollection = true");
            if (index.SharesSlot)
                properties.Add($"HashTag = {index.HashTag}");
            string fields = string.Join(", ", index.Members.Select(static member => member.Field));
            yield return $"    new({Literals.Text(index.Name)}, TR::IndexKind.{index.Kind}, {fields}){(properties.Count == 0 ? "" : $" {{ {string.Join(", ", properties)} }}")},";
        }

        yield return "],";
    }

    /// <summary>The mapper's method that writes the parts of the key that are members of indexes.</summary>
    public static void WriteParts(SourceWriter writer, HashModel model)
    {
        if (model.Indexes.Parts.IsEmpty)
            return;

        writer.Line($"""

            /// <inheritdoc/>
            public static void WriteParts({model.Names.Key} key, SYS::Span<SER::RedisValue> values, in TR::CodecContext context)
            """);
        using (writer.Block())
        {
            foreach (var part in model.Indexes.Parts)
                writer.Line(part.Encoding.Write(part.Field, "key." + part.Property) + ";");
        }
    }

    /// <summary>The repository's properties.</summary>
    public static void Handles(SourceWriter writer, HashModel model)
    {
        int position = 0;
        foreach (var index in model.Indexes.Indexes)
        {
            var equality = index.Equality;
            var types = new List<string>();
            var writers = new List<string>();
            if (equality.Count > 0)
            {
                types.Add(equality.Count == 1 ? equality[0].Type : $"({string.Join(", ", equality.Select(static member => member.TupleElement is { } name ? $"{member.Type} {name}" : member.Type))})");
                writers.Add(equality.Count == 1 ? Lambda(Write(equality[0], "value")) : Lambda(equality));
            }

            if (index.Kind == IndexKind.Sorted)
            {
                var last = index.Members[index.Members.Count - 1];
                types.Add(last.Type);
                writers.Add(Lambda(last.Encoding.Write(last.Field, "value")));
            }

            string arguments = string.Join(", ", types);
            writer.Line($"""

                /// <summary>{Summary(index)}</summary>
                public virtual TR::{index.Kind}Index<{model.Identity.Reference}, {model.Names.Key}, {arguments}> {index.Handle} => field ??= {index.Kind}<{arguments}>(
                """);
            using (writer.Indent())
                writer.Line($"{position++},\n{string.Join(",\n", writers)});");
        }

        if (position == 0)
            return;

        writer.Line("""

            /// <summary>
            /// Puts every entity into the indexes that its values belong in, and removes entries that stand for none, while others read and write. Walks over all keys with SCAN; each entity is changed
            /// atomically, in a few round trips. Entities whose value of a unique index another one has are in <see cref="TR::IndexReport.Clashes"/>, and not in that index.
            /// </summary>
            public virtual THR::Tasks.Task<TR::IndexReport> RebuildIndexesAsync(SYS::IProgress<TR::IndexProgress>? progress = null, THR::CancellationToken cancellationToken = default)
                => RebuildIndexesCoreAsync(progress, cancellationToken);

            /// <summary>Compares every entity with the indexes and every entry of an index with its entity, and repairs on request what does not fit. Otherwise like <see cref="RebuildIndexesAsync"/>.</summary>
            public virtual THR::Tasks.Task<TR::IndexReport> VerifyIndexesAsync(bool repair = false, SYS::IProgress<TR::IndexProgress>? progress = null, THR::CancellationToken cancellationToken = default)
                => VerifyIndexesCoreAsync(repair, progress, cancellationToken);
            """);
    }

    /// <summary>How many round trips a patch takes, and what of it is atomic, for its summary.</summary>
    /// <param name="field">The member that it assigns; null for any.</param>
    public static string PatchCost(HashModel model, int? field)
    {
        var touched = model.Indexes.Indexes.Where(index => field is null || index.Members.Any(member => member.Field == field)).ToList();
        string trips = !touched.Exists(index => Reads(index, model)) ? "One round trip, atomic" : field is null ? $"One round trip, atomic; two {WhereRead}" : "Two round trips, atomic";
        return $"{trips}{OnCluster(touched, "several, of which one changes the entity")}.";
    }

    /// <summary>The same of many patches.</summary>
    public static string PatchManyCost(HashModel model)
        => $"Pipelined: one round trip per 1,000 keys{(model.Indexes.Indexes.Any(index => Reads(index, model)) ? $"; two for each {WhereRead}" : "")}{ManyOnCluster(model)}.";

    /// <summary>The same of an increment.</summary>
    public static string IncrementCost(HashModel model, int field)
        => $"One round trip, atomic{OnCluster(model.Indexes.Indexes.Where(index => index.Members.Any(member => member.Field == field)), "several, of which one changes the entity")}.";

    /// <summary>What of the cost of a batch depends on a cluster.</summary>
    public static string ManyOnCluster(HashModel model) => OnCluster(model.Indexes.Indexes, "several per entity");

    /// <summary>The header's lines.</summary>
    public static IEnumerable<string> Header(HashModel model)
    {
        var indexes = model.Indexes.Indexes;
        int width = indexes.Max(static index => (int?)index.Name.Length) ?? 0;
        string label = "indexes ";
        foreach (var index in indexes)
        {
            yield return $"{label}{index.Name.PadRight(width)}  {Word(index.Kind)} · {string.Join(", ", index.Members.Select(static member => member.Name))}"
                + (index.IsCollection ? ", an entry per element" : "")
                + (index.SharesSlot ? ", in the slot of the entity" : "");
            label = "        ";
        }
    }

    /// <summary>The manifest's member; empty without indexes.</summary>
    public static string Manifest(HashModel model)
        => model.Indexes.Indexes.IsEmpty ? "" : $",\"indexes\":[{string.Join(",", model.Indexes.Indexes.Select(Manifest))}]";

    private static string Manifest(IndexModel index)
        => $"{{\"name\":{Literals.Json(index.Name)},\"kind\":{Literals.Json(Word(index.Kind))},\"members\":[{string.Join(",", index.Members.Select(static member => Literals.Json(member.Name)))}]"
            + (index.IsCollection ? ",\"collection\":true" : "")
            + (index.SharesSlot ? ",\"sharesSlot\":true" : "")
            + "}";

    // Manifest and header: tools know these words.
    private static string Word(IndexKind kind) => kind switch
    {
        IndexKind.Unique => "unique",
        IndexKind.Sorted => "sorted",
        _ => "exact",
    };

    // The other members of an index are read before it is changed.
    private static bool Reads(IndexModel index, HashModel model) => index.Members.Count(member => member.Field < model.Members.Count) > 1;

    private static string OnCluster(IEnumerable<IndexModel> indexes, string cost) => indexes.All(static index => index.SharesSlot) ? "" : $"; on a cluster {cost}";

    private static string Summary(IndexModel index)
    {
        string equality = Crefs(index.Equality);
        string last = Crefs([index.Members[index.Members.Count - 1]]);
        const string Pages = "Two round trips per page. O(log n) per page and O(fields) per entity.";
        return index.Kind switch
        {
            IndexKind.Unique => $"Finds the entity with a value of {equality}, which at most one has. One round trip{OnCluster([index], "two")}. O(fields).",
            IndexKind.Exact when index.IsCollection => $"Finds the entities with an element of {equality}. {Pages}",
            IndexKind.Exact => $"Finds the entities with a value of {equality}. {Pages}",
            _ when index.Members.Count == 1 => $"Finds entities by a range of {last}, in its order. {Pages}",
            _ => $"Finds the entities with a value of {equality} by a range of {last}, in its order. {Pages}",
        };
    }

    private static string Crefs(IReadOnlyList<IndexMember> members)
        => string.Join(", ", members.Select((member, index) => $"{(index > 0 && index == members.Count - 1 ? "and " : "")}<see cref=\"{member.Cref}\"/>")).Replace(", and ", " and ");

    private static string Lambda(string body) => $"static (value, values, in context) => {body}";

    private static string Lambda(IReadOnlyList<IndexMember> members)
        => Lambda($"\n{{\n{string.Join("\n", members.Select((member, index) => $"    {Write(member, $"value.{member.TupleElement ?? $"Item{index + 1}"}")};"))}\n}}").Replace("=> \n", "=>\n");

    // A part of the key is looked up as its text has it.
    private static string Write(IndexMember member, string value)
        => member.Encoding.Write(member.Field, member.Format is { } format ? $"TR::KeyPart.Normalize({value}, {Literals.Text(format)})" : value);
}
