using System.Composition;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;
using TypedRedis.Analyzers.Rules.Operations;

namespace TypedRedis.CodeFixes;

/// <summary>Values in the text of a script → KEYS and ARGV.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ScriptArgumentsFix() : RuleFix(ScriptText.Concatenated)
{
    // Up to the first argument of a command, which is a key where it is one of these.
    private static readonly Regex BeforeKey = new(
        @"redis\.p?call\(\s*(?<quote>['""])(?:GET|SET|SETEX|SETNX|DEL|UNLINK|EXPIRE|PEXPIRE|TTL|PTTL|EXISTS|TYPE|INCR|DECR|INCRBY|DECRBY|H[A-Z]+|L(?!MPOP)[A-Z]+|R(?:PUSH|POP)|S(?:ADD|REM|ISMEMBER|MEMBERS|CARD)|Z(?:ADD|REM|SCORE|RANK|REVRANK|RANGE|REVRANGE|RANGEBYSCORE|CARD|COUNT|INCRBY)|XADD|XLEN|XRANGE)\k<quote>\s*,\s*$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private protected override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        if (node.FirstAncestorOrSelf<InterpolatedStringExpressionSyntax>() is not { Parent: ArgumentSyntax { NameColon: null, Parent: ArgumentListSyntax { Arguments.Count: 1, Parent: InvocationExpressionSyntax call } } } text
            || call.Method(model, cancellationToken) != "ScriptEvaluate" || call.HasCommentsInside()
            || Read(text, model, cancellationToken) is not var (script, keys, values))
            yield break;

        var changed = call.ReplaceNode(text, SyntaxFactory.ParseExpression(script).WithTriviaFrom(text));
        if (keys.Count > 0)
            changed = changed.With(SyntaxFactory.Argument(Array("RedisKey", keys)));
        if (values.Count > 0)
            changed = changed.With(keys.Count > 0 ? SyntaxFactory.Argument(Array("RedisValue", values)) : Syntax.Named("values", Array("RedisValue", values)));
        yield return new Change("Pass the values in KEYS and ARGV", () => root.ReplaceNode(call, changed));
    }

    private static ExpressionSyntax Array(string type, List<string> elements)
    {
        var array = (ArrayCreationExpressionSyntax)SyntaxFactory.ParseExpression($"new global::StackExchange.Redis.{type}[] {{ {string.Join(", ", elements)} }}");
        return array.ReplaceNode(array.Type.ElementType, array.Type.ElementType.WithAdditionalAnnotations(Simplifier.Annotation));
    }

    // The source of the script without values, and of the values; null where a value stands anywhere but in a literal of Lua or, a number, by itself.
    private static (string Script, List<string> Keys, List<string> Values)? Read(InterpolatedStringExpressionSyntax text, SemanticModel model, CancellationToken cancellationToken)
    {
        bool isRaw = text.StringStartToken.IsKind(SyntaxKind.InterpolatedMultiLineRawStringStartToken) || text.StringStartToken.IsKind(SyntaxKind.InterpolatedSingleLineRawStringStartToken);
        bool isPlain = text.StringStartToken.Text == "$\"";
        string all = string.Concat(text.Contents.OfType<InterpolatedStringTextSyntax>().Select(static part => part.TextToken.Text));

        // Comments, long literals, escapes, and scripts that have keys and arguments are read by people alone.
        if (!(isPlain || isRaw || text.StringStartToken.Text is "$@\"" or "@$\"") || text.StringStartToken.Text.StartsWith("$$", StringComparison.Ordinal)
            || all.Contains("--") || all.Contains("[[") || all.Contains("[=") || all.Contains("\\") || all.Contains("KEYS") || all.Contains("ARGV"))
            return null;

        var script = new StringBuilder(text.StringStartToken.Text.Replace("$", ""));
        var literal = new StringBuilder();
        var keys = new List<string>();
        var values = new List<string>();
        char? quote = null;
        string? only = null;
        int holes = 0;
        foreach (var content in text.Contents)
        {
            if (content is InterpolationSyntax hole)
            {
                var type = model.GetTypeInfo(hole.Expression, cancellationToken).Type;
                bool isInteger = type?.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_UInt64;
                if (hole.AlignmentClause is not null || hole.FormatClause is not null || hole.Expression.Writes() || (!isInteger && type?.SpecialType != SpecialType.System_String))
                    return null;

                if (quote is null)
                {
                    if (!isInteger || IsPartOfName(script))
                        return null;

                    values.Add(hole.Expression.WithoutTrivia().ToString());
                    script.Append("tonumber(ARGV[").Append(values.Count.ToString(CultureInfo.InvariantCulture)).Append("])");
                }
                else
                {
                    only = literal.Length == 0 && holes == 0 ? hole.Expression.WithoutTrivia().ToString() : null;
                    literal.Append(hole);
                    holes++;
                }

                continue;
            }

            string source = ((InterpolatedStringTextSyntax)content).TextToken.Text;
            for (int i = 0; i < source.Length; i++)
            {
                char c = source[i];
                bool isDoubled = !isRaw && c is '{' or '}' or '"' && i + 1 < source.Length && source[i + 1] == c;
                if (quote is not null && c == quote && !isDoubled)
                {
                    Close();
                    continue;
                }

                if (quote is null && c == '\'')
                {
                    quote = c;
                    continue;
                }

                // Double quotes of Lua are escaped in most strings of C#.
                if (c == '"')
                    return null;

                if (quote is not null)
                {
                    literal.Append(c);
                    if (holes > 0)
                        only = null;
                    if (isDoubled)
                        literal.Append(source[++i]);
                }
                else
                {
                    script.Append(c);
                    if (isDoubled)
                        i++;
                }
            }
        }

        return quote is not null || keys.Count + values.Count == 0 ? null : (script.Append(text.StringEndToken.Text).ToString(), keys, values);

        void Close()
        {
            if (holes == 0)
            {
                script.Append(quote).Append(isRaw ? literal.ToString() : literal.ToString().Replace("{{", "{").Replace("}}", "}")).Append(quote);
            }
            else
            {
                bool isKey = BeforeKey.IsMatch(script.ToString());
                var list = isKey ? keys : values;
                list.Add(only ?? "$\"" + literal + "\"");
                script.Append(isKey ? "KEYS[" : "ARGV[").Append(list.Count.ToString(CultureInfo.InvariantCulture)).Append(']');
            }

            literal.Clear();
            quote = null;
            only = null;
            holes = 0;
        }
    }

    // Behind a letter or a digit a number is part of something else.
    private static bool IsPartOfName(StringBuilder script) => script.Length > 0 && script[script.Length - 1] is var last && (char.IsLetterOrDigit(last) || last is '_' or '.' or '#');
}
