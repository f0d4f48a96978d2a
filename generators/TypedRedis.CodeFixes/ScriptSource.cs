using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.CodeFixes;

/// <summary>A script that values are put into, as it stands in the source.</summary>
/// <param name="Start">How its literal begins, without a <c>$</c>.</param>
/// <param name="Pieces">Lua with the escapes of the literal, and the values between.</param>
/// <param name="End">How it ends.</param>
internal sealed record ScriptSource(string Start, IReadOnlyList<ScriptSource.Piece> Pieces, string End)
{
    private static readonly Regex BeforeKey = new(ScriptCommands.UpToKey + "$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static readonly Regex Call = new(@"redis\.p?call\b", RegexOptions.CultureInvariant);

    private static readonly Regex WithKey = new(ScriptCommands.UpToKey, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static readonly Regex WithoutKey = new(ScriptCommands.WithoutKey, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static readonly Regex WithKeys = new(ScriptCommands.UpToSecondKey, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>The values, in the order of the text.</summary>
    public IEnumerable<Value> Values => Pieces.Select(static piece => piece.Value).OfType<Value>();

    /// <summary>The literal, with what stands for each value.</summary>
    public string Literal(Func<Value, string> name)
        => Start + string.Concat(Pieces.Select(piece => piece.Value is { } value ? value.Kind == ValueKind.Number ? $"tonumber({name(value)})" : name(value) : piece.Lua)) + End;

    /// <summary>Whether the keys of all its commands are values that are known to be keys.</summary>
    public bool HasNoOtherKeys()
    {
        const char Mark = '\u0001';
        string lua = string.Concat(Pieces.Select(static piece => piece.Value is { } value ? value.Kind == ValueKind.Key ? Mark.ToString() : "v" : piece.Lua));
        int calls = Call.Matches(lua).Count;
        return calls == WithKey.Matches(lua).Cast<Match>().Count(match => match.Index + match.Length < lua.Length && lua[match.Index + match.Length] == Mark) + WithoutKey.Matches(lua).Count;
    }

    /// <summary>Whether a word occurs in it.</summary>
    public bool Has(string word) => Pieces.Any(piece => piece.Lua is { } lua && Regex.IsMatch(lua, $@"\b{word}\b"));

    /// <summary>Reads an interpolated string, or literals with values between; null where a value stands anywhere but in a literal of Lua or, a number, by itself.</summary>
    public static ScriptSource? Read(ExpressionSyntax text, SemanticModel model, CancellationToken cancellationToken)
    {
        var parts = new List<(SyntaxNode Node, bool IsInterpolated)>();
        if (!Flatten(text, parts, model, cancellationToken))
            return null;

        // Comments, long literals, escapes, and scripts that have keys and arguments are read by people alone.
        string all = string.Concat(parts.Select(static part => part.Node switch
        {
            InterpolatedStringTextSyntax of => of.TextToken.Text,
            LiteralExpressionSyntax { Token.Text: var of } => of.Substring(1, of.Length - 2),
            _ => "",
        }));
        if (all.Contains("--") || all.Contains("[[") || all.Contains("[=") || all.Contains("\\") || all.Contains("KEYS") || all.Contains("ARGV"))
            return null;

        string start = "\"", end = "\"";
        bool isRaw = false;
        if (text is InterpolatedStringExpressionSyntax { StringStartToken: var startToken, StringEndToken: var endToken })
        {
            isRaw = startToken.IsKind(SyntaxKind.InterpolatedMultiLineRawStringStartToken) || startToken.IsKind(SyntaxKind.InterpolatedSingleLineRawStringStartToken);
            (start, end) = (startToken.Text.Replace("$", ""), endToken.Text);
            if (!(isRaw || startToken.Text is "$\"" or "$@\"" or "@$\"") || startToken.Text.StartsWith("$$", StringComparison.Ordinal))
                return null;
        }

        // Of several keys only the first is seen.
        return new Reader(isRaw, model, cancellationToken).Read(parts) is { } pieces && !WithKeys.IsMatch(string.Concat(pieces.Select(static piece => piece.Lua ?? "v")))
            ? new ScriptSource(start, pieces, end)
            : null;
    }

    // Texts and values in their order. Literals that are put together are plain ones.
    private static bool Flatten(ExpressionSyntax text, List<(SyntaxNode Node, bool IsInterpolated)> parts, SemanticModel model, CancellationToken cancellationToken, bool isPart = false)
    {
        switch (text)
        {
            case ParenthesizedExpressionSyntax inner:
                return Flatten(inner.Expression, parts, model, cancellationToken, isPart: true);
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum when model.GetTypeInfo(sum, cancellationToken).Type?.SpecialType == SpecialType.System_String:
                return Flatten(sum.Left, parts, model, cancellationToken, isPart: true) && Flatten(sum.Right, parts, model, cancellationToken, isPart: true);
            case InterpolatedStringExpressionSyntax interpolated when !isPart || interpolated.StringStartToken.Text == "$\"":
                parts.AddRange(interpolated.Contents.Select(static content => ((SyntaxNode)content, true)));
                return true;
            case LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression, Token: { RawKind: (int)SyntaxKind.StringLiteralToken, Text: var literal } } when literal.StartsWith("\"", StringComparison.Ordinal):
                parts.Add((text, false));
                return true;
            case InterpolatedStringExpressionSyntax or LiteralExpressionSyntax:
                return false;
            default:
                parts.Add((text, false));
                return isPart;
        }
    }

    /// <summary>Lua, or a value.</summary>
    public sealed record Piece(string? Lua, Value? Value);

    /// <summary>What a value is in the script.</summary>
    public enum ValueKind
    {
        /// <summary>The key of a command.</summary>
        Key,

        /// <summary>Another text.</summary>
        Text,

        /// <summary>A number, which stands by itself.</summary>
        Number,
    }

    /// <summary>A value.</summary>
    /// <param name="Kind">What it is in the script.</param>
    /// <param name="Source">The expression of C# that makes it.</param>
    /// <param name="Only">The one expression that it is made of; null where it is put together.</param>
    /// <param name="Pieces">Its literals; null stands for an expression.</param>
    /// <param name="Expressions">Its expressions.</param>
    public sealed record Value(ValueKind Kind, string Source, ExpressionSyntax? Only, IReadOnlyList<string?> Pieces, IReadOnlyList<ExpressionSyntax> Expressions);

    private sealed class Reader(bool isRaw, SemanticModel model, CancellationToken cancellationToken)
    {
        private readonly List<Piece> _pieces = [];
        private readonly StringBuilder _lua = new();

        // The literal of Lua that is open: as text of an interpolated string, and by its parts.
        private readonly StringBuilder _literal = new();
        private readonly StringBuilder _text = new();
        private List<string?> _parts = [];
        private List<ExpressionSyntax> _expressions = [];
        private bool _isOpen;

        public List<Piece>? Read(List<(SyntaxNode Node, bool IsInterpolated)> parts)
        {
            foreach (var (node, isInterpolated) in parts)
            {
                bool isRead = node switch
                {
                    InterpolationSyntax { AlignmentClause: null, FormatClause: null, Expression: var value } => Add(value),
                    InterpolationSyntax => false,
                    InterpolatedStringTextSyntax text => Add(text.TextToken.Text, isDoubled: isInterpolated && !isRaw),
                    LiteralExpressionSyntax { Token.Text: var text } => Add(text.Substring(1, text.Length - 2), isDoubled: false),
                    _ => Add((ExpressionSyntax)node),
                };
                if (!isRead)
                    return null;
            }

            EndLua();
            return !_isOpen && _pieces.Exists(static piece => piece.Value is not null) ? _pieces : null;
        }

        private bool Add(ExpressionSyntax value)
        {
            var type = model.GetTypeInfo(value, cancellationToken).Type;
            bool isInteger = type?.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64;
            if (value.Writes() || (!isInteger && type?.SpecialType != SpecialType.System_String))
                return false;

            string source = value.WithoutTrivia().ToString();
            if (!_isOpen)
            {
                // Behind a letter or a digit a number is part of something else.
                char last = _lua.Length > 0 ? _lua[_lua.Length - 1] : _pieces.Count > 0 ? '#' : ' ';
                if (!isInteger || char.IsLetterOrDigit(last) || last is '_' or '.' or '#')
                    return false;

                EndLua();
                _pieces.Add(new Piece(null, new Value(ValueKind.Number, source, value, [null], [value])));
                return true;
            }

            EndText();
            _parts.Add(null);
            _expressions.Add(value);
            _literal.Append('{').Append(value is ConditionalExpressionSyntax ? $"({source})" : source).Append('}');
            return true;
        }

        private bool Add(string source, bool isDoubled)
        {
            for (int i = 0; i < source.Length; i++)
            {
                char c = source[i];
                bool isPair = isDoubled && c is '{' or '}' or '"' && i + 1 < source.Length && source[i + 1] == c;
                if (c == '\'')
                {
                    if (_isOpen)
                        Close();
                    else
                        _isOpen = true;
                    continue;
                }

                // Double quotes of Lua are escaped in most strings of C#.
                if (c == '"')
                    return false;

                if (_isOpen)
                {
                    _text.Append(c);
                    _literal.Append(c is '{' or '}' ? new string(c, 2) : c.ToString());
                }
                else
                {
                    _lua.Append(c);
                }

                if (isPair)
                    i++;
            }

            return true;
        }

        private void Close()
        {
            _isOpen = false;
            if (_expressions.Count == 0)
            {
                _lua.Append('\'').Append(_text).Append('\'');
            }
            else
            {
                EndText();
                var kind = BeforeKey.IsMatch(_lua.ToString()) ? ValueKind.Key : ValueKind.Text;
                var only = _parts.Count == 1 ? _expressions[0] : null;
                EndLua();
                _pieces.Add(new Piece(null, new Value(kind, only?.WithoutTrivia().ToString() ?? "$\"" + _literal + "\"", only, _parts, _expressions)));
                (_parts, _expressions) = ([], []);
            }

            _text.Clear();
            _literal.Clear();
        }

        private void EndText()
        {
            if (_text.Length > 0)
                _parts.Add(_text.ToString());
            _text.Clear();
        }

        private void EndLua()
        {
            if (_lua.Length > 0)
                _pieces.Add(new Piece(_lua.ToString(), null));
            _lua.Clear();
        }
    }
}
