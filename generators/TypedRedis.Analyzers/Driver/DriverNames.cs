using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TypedRedis.Analyzers.Driver;

/// <summary>
/// The names by which code speaks to the driver. They are looked for in the text, for most code has none of them: to walk over its syntax would take longer, and to ask what it means
/// longer still.
/// </summary>
internal sealed class DriverNames
{
    // The end points of options: an initializer adds to them with no call to be seen.
    private const string EndPoints = "EndPoints";

    private static readonly string[] Types =
    [
        "IDatabase", "IDatabaseAsync", "IServer", "ISubscriber", "ITransaction", "IBatch", "IRedis", "IRedisAsync", "IConnectionMultiplexer", "ConnectionMultiplexer", "ConfigurationOptions",
        "LuaScript", "LoadedLuaScript", "Condition",
    ];

    // Methods that much else has, too, and that no rule is about. Where nothing else of the driver is called, there is nothing to say.
    private static readonly string[] Common = ["Clone", "Close", "CloseAsync", "Dispose", "DisposeAsync", "Equals", "GetHashCode", "GetType", "ToString", "Wait", "WaitAll", "TryWait"];

    [ThreadStatic]
    private static char[]? s_buffer;

    private readonly HashSet<string> _methods = new(StringComparer.Ordinal);
    private readonly HashSet<string> _properties;
    private readonly bool[] _hashes = new bool[1 << 16];

    /// <param name="driver">Whose methods they are.</param>
    /// <param name="properties">The properties whose assignments count.</param>
    public DriverNames(DriverSymbols driver, IEnumerable<string> properties)
    {
        foreach (string type in Types)
        {
            if (driver.Type(type) is { } declared)
                _methods.UnionWith(declared.GetMembers().OfType<IMethodSymbol>().Where(static method => method.MethodKind == MethodKind.Ordinary).Select(static method => method.Name));
        }

        _methods.ExceptWith(Common);
        _properties = new HashSet<string>(properties, StringComparer.Ordinal);
        foreach (string name in _methods.Concat(_properties).Append(EndPoints))
            _hashes[Hash(name)] = true;
    }

    /// <summary>Where a block of code may speak to the driver: calls, assignments, and the names of end points. Blocks within it, which are looked at by themselves, are left out.</summary>
    public IEnumerable<SyntaxNode> UsesIn(SyntaxNode block, ISymbol owner, CancellationToken cancellationToken)
    {
        foreach (int place in Places(block.SyntaxTree.GetText(cancellationToken), block.Span))
        {
            if (block.FindToken(place).Parent is SimpleNameSyntax name && Use(name) is { } use && IsOf(block, owner, use))
                yield return use;
        }
    }

    private SyntaxNode? Use(SimpleNameSyntax name)
    {
        string text = name.Identifier.ValueText;
        if (text == EndPoints)
            return name;

        SyntaxNode whole = (name.Parent is MemberAccessExpressionSyntax access && access.Name == name) || name.Parent is MemberBindingExpressionSyntax ? name.Parent : name;
        return whole.Parent switch
        {
            InvocationExpressionSyntax call when call.Expression == whole && _methods.Contains(text) => call,
            AssignmentExpressionSyntax assignment when assignment.Left == whole && assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) && _properties.Contains(text) => assignment,
            _ => null,
        };
    }

    // Members of a type, the accessors of a property, the fields of one declaration, and the types beside top-level statements are blocks of their own.
    private static bool IsOf(SyntaxNode block, ISymbol owner, SyntaxNode use)
    {
        for (var node = use; node is not null && node != block; node = node.Parent)
        {
            if (node is MemberDeclarationSyntax and not GlobalStatementSyntax or AccessorListSyntax or ArrowExpressionClauseSyntax { Parent: BasePropertyDeclarationSyntax }
                || (node is VariableDeclaratorSyntax { Parent.Parent: BaseFieldDeclarationSyntax } field && field.Identifier.ValueText != owner.Name))
                return false;
        }

        return true;
    }

    // Where words of the text begin that have the hash of a name.
    private List<int> Places(SourceText text, TextSpan span)
    {
        if (s_buffer is null || s_buffer.Length < span.Length)
            s_buffer = new char[Math.Max(span.Length, 16_384)];

        char[] buffer = s_buffer;
        text.CopyTo(span.Start, buffer, 0, span.Length);
        var places = new List<int>();
        for (int i = 0; i < span.Length; i++)
        {
            if (!IsLetter(buffer[i]))
                continue;

            int start = i;
            ushort hash = 0;
            for (; i < span.Length && IsLetter(buffer[i]); i++)
                hash = Next(hash, buffer[i]);
            if (_hashes[hash])
                places.Add(span.Start + start);
        }

        return places;
    }

    private static ushort Hash(string name)
    {
        ushort hash = 0;
        foreach (char c in name)
            hash = Next(hash, c);
        return hash;
    }

    private static ushort Next(ushort hash, char c) => unchecked((ushort)(((hash << 5) | (hash >> 11)) ^ (c * 40503)));

    private static bool IsLetter(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or > (char)127;
}
