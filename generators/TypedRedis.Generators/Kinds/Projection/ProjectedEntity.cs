using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Kinds.RedisHash;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Kinds.Projection;

/// <summary>What a projection needs to know of its model. The model's own errors are reported where it is declared.</summary>
internal sealed class ProjectedEntity
{
    private static readonly Regex ManifestMember = new("\"member\":\"([^\"]*)\"", RegexOptions.CultureInvariant);
    private static readonly Regex Escape = new(@"\\u([0-9a-f]{4})", RegexOptions.CultureInvariant);

    private readonly string[] _members;

    private ProjectedEntity(INamedTypeSymbol type, ModelIdentity identity, HashNames names, KeyModel key, string[] members)
    {
        Type = type;
        Identity = identity;
        Names = names;
        Key = key;
        _members = members;
    }

    public INamedTypeSymbol Type { get; }

    public ModelIdentity Identity { get; }

    public HashNames Names { get; }

    private KeyModel Key { get; }

    /// <summary>The names that a projection's members can have.</summary>
    public IEnumerable<string> MemberNames => Key.Parts.Select(static part => part.Part.Name).Concat(_members);

    public bool IsKeyPart(string name) => Key.Parts.Any(part => part.Part.Name == name);

    /// <summary>The index of a member's field, or -1.</summary>
    public int FieldOf(string name) => Array.IndexOf(_members, name);

    /// <summary>Reads the model. Null where it has errors of its own, or where the assembly that it comes from has nothing emitted for it.</summary>
    public static ProjectedEntity? Parse(INamedTypeSymbol type, AttributeData attribute, ParseContext context)
    {
        var quiet = new ParseContext(context.Compilation, report: null, context.CancellationToken);
        if (ModelIdentity.Parse(type, attribute, quiet) is not { } identity)
            return null;

        var names = HashNames.Of(identity.Stem);
        if (KeyModel.Parse(names.Key, type, attribute, quiet) is not { } key)
            return null;

        var members = context.IsOurs(type)
            ? EntityMembers.Parse(type, key, quiet)?.Members.Select(static member => member.Name).ToArray()
            : FromManifest(type, identity, names, context);
        return members is null || quiet.HasErrors ? null : new ProjectedEntity(type, identity, names, key, members);
    }

    // In another assembly the order of the fields is what was emitted there, whatever of the model can be seen from here.
    private static string[]? FromManifest(INamedTypeSymbol type, ModelIdentity identity, HashNames names, ParseContext context)
    {
        if (type.ContainingAssembly.GetTypeByMetadataName(identity.Qualify(names.Mapper)) is not { } mapper || !context.IsAccessible(mapper))
            return null;

        foreach (var attribute in type.ContainingAssembly.GetAttributes())
        {
            if (attribute.AttributeClass.Is(SymbolExtensions.OwnNamespace, "RedisModelSchemaAttribute")
                && SymbolEqualityComparer.Default.Equals(attribute.Argument(0) as ITypeSymbol, type)
                && attribute.Argument(1) is string manifest)
            {
                return ManifestMember.Matches(manifest).Cast<Match>().Select(static match => Unescape(match.Groups[1].Value)).ToArray();
            }
        }

        return null;
    }

    private static string Unescape(string name) => Escape.Replace(name, static match => ((char)Convert.ToInt32(match.Groups[1].Value, 16)).ToString());
}
