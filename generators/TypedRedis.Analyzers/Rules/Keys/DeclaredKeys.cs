using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace TypedRedis.Analyzers.Rules.Keys;

/// <summary>A key that a model of this program or of a library declares.</summary>
/// <param name="Template">The template as it was written.</param>
/// <param name="Shape">Its literals with <c>{}</c> for values.</param>
/// <param name="KeyType">The full name of the key's type.</param>
/// <param name="IsHash">Whether a hash stands there, and not a string.</param>
internal sealed record DeclaredKey(string Template, string Shape, string KeyType, bool IsHash)
{
    private static readonly Regex Member = new(@"""(?<name>key|keyType|pattern|kind)"":\s*""(?<text>(?:[^""\\]|\\.)*)""", RegexOptions.CultureInvariant);

    /// <summary>The keys of a compilation and of what it references, from the manifests that models leave in the metadata.</summary>
    public static IReadOnlyList<DeclaredKey> Of(Compilation compilation)
    {
        if (compilation.GetTypeByMetadataName("TypedRedis.RedisModelSchemaAttribute") is not { } attribute)
            return [];

        var keys = new List<DeclaredKey>();
        foreach (var assembly in compilation.SourceModule.ReferencedAssemblySymbols.Where(assembly => References(assembly, attribute.ContainingAssembly)).Append(compilation.Assembly))
        {
            foreach (var data in assembly.GetAttributes())
            {
                if (SymbolEqualityComparer.Default.Equals(data.AttributeClass, attribute) && data.ConstructorArguments.Length == 2
                    && data.ConstructorArguments[1] is { Kind: TypedConstantKind.Primitive, Value: string manifest } && Read(manifest) is { } key)
                    keys.Add(key);
            }
        }

        return keys;
    }

    private static bool References(IAssemblySymbol assembly, IAssemblySymbol other)
        => assembly.Modules.Any(module => module.ReferencedAssemblySymbols.Any(reference => SymbolEqualityComparer.Default.Equals(reference, other)));

    private static DeclaredKey? Read(string manifest)
    {
        string? key = null, type = null, pattern = null, kind = null;
        foreach (Match match in Member.Matches(manifest))
        {
            string text = Unescape(match.Groups["text"].Value);
            switch (match.Groups["name"].Value)
            {
                case "kind": kind ??= text; break;
                case "key": key ??= text; break;
                case "keyType": type ??= text; break;
                default: pattern ??= text; break;
            }
        }

        return key is null || type is null || pattern is null ? null : new DeclaredKey(key, ShapeOf(pattern), type, kind == "hash");
    }

    // Of JSON.
    private static string Unescape(string text)
    {
        try
        {
            return Regex.Unescape(text);
        }
        catch (ArgumentException)
        {
            return text;
        }
    }

    private static string ShapeOf(string pattern)
    {
        var shape = new StringBuilder();
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\' && i + 1 < pattern.Length)
                shape.Append(pattern[++i]);
            else if (pattern[i] == '*')
                shape.Append("{}");
            else
                shape.Append(pattern[i]);
        }

        return shape.ToString();
    }
}
