using System.Composition;
using System.Globalization;
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
    private protected override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        if (Call(node, model, cancellationToken) is not var (call, text) || ScriptSource.Read(text, model, cancellationToken) is not { } script)
            yield break;

        var changed = With(call, SyntaxFactory.ParseExpression(script.Literal(Places(script))), script);
        yield return new Change("Pass the values in KEYS and ARGV", () => root.ReplaceNode(call, changed));
    }

    /// <summary>The call that runs a script with values in it and nothing beside it, and the script.</summary>
    internal static (InvocationExpressionSyntax Call, ExpressionSyntax Text)? Call(SyntaxNode value, SemanticModel model, CancellationToken cancellationToken)
    {
        foreach (var call in value.Ancestors().OfType<InvocationExpressionSyntax>())
        {
            if (call.Method(model, cancellationToken) == "ScriptEvaluate")
            {
                return call.ArgumentList.Arguments is { Count: 1 } arguments && arguments[0] is { NameColon: null, Expression: var text } && text.Span.Contains(value.Span) && !call.HasCommentsInside()
                    ? (call, text)
                    : null;
            }
        }

        return null;
    }

    /// <summary>The names of values in a script: <c>KEYS[1]</c>, <c>ARGV[1]</c>.</summary>
    internal static Func<ScriptSource.Value, string> Places(ScriptSource script)
    {
        var places = new Dictionary<ScriptSource.Value, string>();
        int keys = 0, values = 0;
        foreach (var value in script.Values)
            places.Add(value, value.Kind == ScriptSource.ValueKind.Key ? $"KEYS[{(++keys).ToString(CultureInfo.InvariantCulture)}]" : $"ARGV[{(++values).ToString(CultureInfo.InvariantCulture)}]");
        return value => places[value];
    }

    /// <summary>A call with another script and its keys and values.</summary>
    internal static InvocationExpressionSyntax With(InvocationExpressionSyntax call, ExpressionSyntax text, ScriptSource script)
    {
        string[] keys = [.. script.Values.Where(static value => value.Kind == ScriptSource.ValueKind.Key).Select(static value => value.Source)];
        string[] values = [.. script.Values.Where(static value => value.Kind != ScriptSource.ValueKind.Key).Select(static value => value.Source)];
        var old = call.ArgumentList.Arguments[0].Expression;
        var changed = call.ReplaceNode(old, text.WithTriviaFrom(old));
        if (keys.Length > 0)
            changed = changed.With(SyntaxFactory.Argument(Array("RedisKey", keys)));
        if (values.Length > 0)
            changed = changed.With(keys.Length > 0 ? SyntaxFactory.Argument(Array("RedisValue", values)) : Syntax.Named("values", Array("RedisValue", values)));
        return changed;
    }

    private static ExpressionSyntax Array(string type, string[] elements)
    {
        var array = (ArrayCreationExpressionSyntax)SyntaxFactory.ParseExpression($"new global::StackExchange.Redis.{type}[] {{ {string.Join(", ", elements)} }}");
        return array.ReplaceNode(array.Type.ElementType, array.Type.ElementType.WithAdditionalAnnotations(Simplifier.Annotation));
    }
}
