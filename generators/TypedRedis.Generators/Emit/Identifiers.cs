using Microsoft.CodeAnalysis.CSharp;

namespace TypedRedis.Generators.Emit;

/// <summary>Names in emitted code.</summary>
internal static class Identifiers
{
    // Names that a tuple gives to its elements or members itself.
    private static readonly string[] TupleNames = ["Rest", "CompareTo", "Deconstruct", "Equals", "GetHashCode", "ToString"];

    /// <summary>The name with an <c>@</c> where it is a keyword.</summary>
    public static string Escape(string name)
        => SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) is SyntaxKind.FieldKeyword or SyntaxKind.RecordKeyword or SyntaxKind.RequiredKeyword
            ? "@" + name
            : name;

    public static bool IsValid(string name) => SyntaxFacts.IsValidIdentifier(name);

    /// <summary><c>URLPath</c> is <c>urlPath</c>. Not escaped.</summary>
    public static string CamelCase(string name)
    {
        var letters = name.ToCharArray();
        for (int i = 0; i < letters.Length && char.IsUpper(letters[i]); i++)
        {
            // The last capital of a run begins the next word.
            if (i > 0 && i + 1 < letters.Length && char.IsLower(letters[i + 1]))
                break;
            letters[i] = char.ToLowerInvariant(letters[i]);
        }

        return new string(letters);
    }

    /// <summary><c>CreatedAt</c> is <c>created_at</c>, <c>URLPath</c> is <c>url_path</c>.</summary>
    public static string SnakeCase(string name)
    {
        var text = new System.Text.StringBuilder(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            bool startsWord = i > 0 && char.IsUpper(c) && name[i - 1] != '_'
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord)
                text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    /// <summary>Whether C# lets an element of a tuple have the name.</summary>
    public static bool CanNameTupleElement(string name)
        => Array.IndexOf(TupleNames, name) < 0 && !(name.StartsWith("Item", StringComparison.Ordinal) && name.Length > 4 && name.Skip(4).All(char.IsDigit));

    /// <summary>Hands out names of locals: in camel case, escaped, different from each other and from <paramref name="taken"/>.</summary>
    public static List<string> Locals(IEnumerable<string> names, params string[] taken)
    {
        var used = new HashSet<string>(taken, StringComparer.Ordinal);
        var locals = new List<string>();
        foreach (string name in names)
        {
            string local = CamelCase(name);
            while (!used.Add(local))
                local += "Value";
            locals.Add(Escape(local));
        }

        return locals;
    }
}
