using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Analyzers.Rules.Keys;

namespace TypedRedis.CodeFixes;

/// <summary>
/// <c>HashSet("person:" + id, […])</c> → a model of these fields, and its repository, whose upsert is the same HSET, or the model's key. What the model is called is for people, and so it
/// is done one by one.
/// </summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ExtractModelFix() : RuleFix(HandWrittenHash.Rule, canFixAll: false)
{
    private protected override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        if (node.Call() is not { Expression: MemberAccessExpressionSyntax access, ArgumentList.Arguments.Count: 2 } call || call.HasCommentsInside()
            || call.Argument(model, "key", cancellationToken)?.Expression is not { } key
            || call.Argument(model, "hashFields", cancellationToken)?.Expression is not { } entries
            || HandWrittenModel.Of(key, entries, model, cancellationToken) is not { } extracted)
            yield break;

        // The one HSET of a model without nullable members, counters and expiry is this one: other fields stay, and so does the expiry.
        if (access.Name.Identifier.Text == "HashSetAsync" && call.Statement() is { Expression: AwaitExpressionSyntax }
            && access.Expression.Context(model, cancellationToken) is { } context)
        {
            yield return Declare($"Extract a [RedisHash] model '{extracted.Name}', and upsert it", extracted, call, Upsert(extracted, call, context, root), root);
        }
        else
        {
            var used = $"new {extracted.Name}Key({string.Join(", ", extracted.Parts.Select(static part => part.Value))}).ToRedisKey()";
            var changed = call.ReplaceNode(key, SyntaxFactory.ParseExpression(used).WithTriviaFrom(key));
            yield return Declare($"Declare a [RedisHash] model '{extracted.Name}', and use its key", extracted, call, changed, root);
        }
    }

    private static ExpressionSyntax Upsert(HandWrittenModel extracted, InvocationExpressionSyntax call, ExpressionSyntax context, SyntaxNode root)
    {
        // In the order in which they were evaluated.
        var members = extracted.Parts.Concat(extracted.Fields).Select(static member => $"{member.Name} = {member.Value}");
        bool isOneLine = call.GetLocation().GetLineSpan() is var span && span.StartLinePosition.Line == span.EndLinePosition.Line;
        string line = root.LineEnd() + call.FirstAncestorOrSelf<StatementSyntax>()!.Indent();
        string made = isOneLine ? "{ " + string.Join(", ", members) + " }" : line + "{" + string.Concat(members.Select(member => line + "    " + member + ",")) + line + "}";
        return SyntaxFactory.ParseExpression($"new {extracted.Name}Repository({context}).UpsertAsync(new {extracted.Name}{(isOneLine ? " " : "")}{made})").WithTriviaFrom(call);
    }

    // Behind the type of the call, or, of top-level statements, at the end of the file.
    private static Change Declare(string title, HandWrittenModel extracted, InvocationExpressionSyntax call, ExpressionSyntax changed, SyntaxNode root)
    {
        var unit = (CompilationUnitSyntax)root;
        MemberDeclarationSyntax place = call.AncestorsAndSelf().OfType<BaseTypeDeclarationSyntax>().LastOrDefault() ?? unit.Members.Last();
        bool isPublic = place is BaseTypeDeclarationSyntax type && type.Modifiers.Any(SyntaxKind.PublicKeyword);
        var mark = new SyntaxAnnotation();
        return new Change(
            title,
            () =>
            {
                var tracked = root.TrackNodes(call, place);
                tracked = tracked.ReplaceNode(tracked.GetCurrentNode(call)!, changed);
                return tracked.InsertNodesAfter(tracked.GetCurrentNode(place)!, [Model(extracted, isPublic, place, root.LineEnd().ToString()).WithAdditionalAnnotations(mark)]);
            },
            changedRoot => changedRoot.InsertNodesAfter(changedRoot.GetAnnotatedNodes(mark).Single(), Emitted(extracted, isPublic)));
    }

    private static MemberDeclarationSyntax Model(HandWrittenModel extracted, bool isPublic, MemberDeclarationSyntax place, string lineEnd)
    {
        string line = lineEnd + (place is GlobalStatementSyntax ? "" : place.Indent());
        bool endsLine = place.GetTrailingTrivia().Any(SyntaxKind.EndOfLineTrivia);
        string members = string.Concat(extracted.Parts.Concat(extracted.Fields).Select(member =>
            $"{line}    {(member.Field is { } field ? $"[global::TypedRedis.RedisField({SyntaxFactory.Literal(field)})] " : "")}public required {member.Type} {member.Name} {{ get; init; }}"));
        var model = (RecordDeclarationSyntax)Syntax.Declaration(
            $"{(endsLine ? "" : lineEnd)}{line}[global::TypedRedis.RedisHash({SyntaxFactory.Literal(extracted.Template)})]{line}{Access(isPublic)} sealed record {extracted.Name}{line}{{{members}{line}}}{(endsLine ? lineEnd : "")}");
        return model.WithIdentifier(model.Identifier.WithAdditionalAnnotations(RenameAnnotation.Create()));
    }

    // What the generator makes of it, as far as it is used here.
    private static IEnumerable<SyntaxNode> Emitted(HandWrittenModel extracted, bool isPublic)
    {
        string parts = string.Join(", ", extracted.Parts.Select(static part => $"{part.Type} {Names.Camel(part.Name)}Part"));
        yield return Syntax.Declaration($"{Access(isPublic)} readonly struct {extracted.Name}Key {{ public {extracted.Name}Key({parts}) {{ }} public global::StackExchange.Redis.RedisKey ToRedisKey() => default; }}");
        yield return Syntax.Declaration(
            $"{Access(isPublic)} class {extracted.Name}Repository(global::TypedRedis.RedisContext redis) {{ public global::System.Threading.Tasks.Task<bool> UpsertAsync({extracted.Name} entity) => throw null!; }}");
    }

    private static string Access(bool isPublic) => isPublic ? "public" : "internal";
}
