using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds;

/// <summary>The names of the types that are emitted for a model. Of two models with a name in common, one yields and is declared like a broken one.</summary>
/// <param name="Kind">The position of the model's kind in the list.</param>
/// <param name="Model">The model's full name.</param>
/// <param name="Rank">Who yields: broken models first, then those that have a <c>Name</c>, then the most nested.</param>
/// <param name="Types">The full names of the types.</param>
internal sealed record Claim(int Kind, string Model, int Rank, EquatableArray<string> Types)
{
    private const int Broken = 1 << 16, Renamed = 1 << 8;

    public static Claim Of(int kind, EntityModel model)
    {
        string reference = model.Identity.Reference;
        int rank = (model is BrokenModel ? Broken : 0)
            + (reference.Replace(".", "").Replace("@", "") == model.Identity.Stem ? 0 : Renamed)
            + Math.Min(reference.Count(static c => c == '.'), Renamed - 1);
        return new Claim(kind, model.FullName, rank, model.EmittedTypes);
    }

    /// <summary>The models that yield.</summary>
    public static IEnumerable<Clash> Clashes(IEnumerable<Claim> claims)
    {
        var owners = new Dictionary<string, Claim>(StringComparer.Ordinal);
        foreach (var claim in claims.OrderBy(static claim => claim.Rank).ThenBy(static claim => claim.Model, StringComparer.Ordinal).ThenBy(static claim => claim.Kind))
        {
            string[] taken = [.. claim.Types.Where(owners.ContainsKey)];
            if (taken.Length > 0)
                yield return new Clash(claim.Kind, claim.Model, owners[taken[0]].Model, taken.ToEquatableArray());
            foreach (string type in claim.Types.Except(taken))
                owners.Add(type, claim);
        }
    }
}

/// <summary>A model of which types of other models' names would be emitted.</summary>
/// <param name="Kind">The position of the model's kind in the list.</param>
/// <param name="Model">The model's full name.</param>
/// <param name="Owner">The full name of the model that has the first of the names.</param>
/// <param name="Types">The full names of the types that other models have.</param>
internal sealed record Clash(int Kind, string Model, string Owner, EquatableArray<string> Types);
