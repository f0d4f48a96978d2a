using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Analyzers.Rules.Performance;

namespace TypedRedis.CodeFixes;

/// <summary><c>(RedisKey[])db.Execute("KEYS", pattern)</c> → <c>IServer.Keys</c>, of the server and the database that it went to.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ScanFix() : RuleFix(KeysCommand.Command)
{
    private const string Title = "Use SCAN";

    private protected override IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        if (node.Call() is not { Expression: MemberAccessExpressionSyntax { Expression: var database, Name.Identifier.Text: var name }, ArgumentList.Arguments: { Count: 2 } arguments } call
            || call.Method(model, cancellationToken) != "Execute" || arguments.Any(static argument => argument.NameColon is not null) || arguments[0].Expression != node
            || model.GetTypeInfo(database, cancellationToken).Type?.Name != "IDatabase" || !IsName(database)
            || !IsPattern(arguments[1].Expression, model, cancellationToken)
            || Cast(call) is not { } cast || cast.HasCommentsInside()
            || model.GetTypeInfo(cast.Type, cancellationToken).Type is not IArrayTypeSymbol { ElementType: var element }
            || !(element.Name == "RedisKey" || element.SpecialType == SpecialType.System_String))
            yield break;

        // The server that answers whatever has no key, as KEYS has none.
        string where = database.WithoutTrivia().ToString(), pattern = arguments[1].Expression.WithoutTrivia().ToString();
        bool isAsync = name == "ExecuteAsync", isText = element.SpecialType == SpecialType.System_String;
        string configured = isAsync && Configured(call) is { } configuration ? configuration : "";
        string asked = isAsync ? $"await {where}.IdentifyEndpointAsync(){configured}" : $"{where}.IdentifyEndpoint()";
        string server = $"{where}.Multiplexer.GetServer({(isAsync && IsNullable(cast, model) ? $"({asked})!" : IsNullable(cast, model) ? asked + "!" : asked)})";
        string of = $"({where}.Database, {pattern})";

        ExpressionSyntax whole = cast;
        while (whole.Parent is ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression })
            whole = (ExpressionSyntax)whole.Parent;

        // A loop takes the keys as they come.
        if (whole.Parent is ForEachStatementSyntax loop && loop.Expression == whole)
        {
            if (isAsync && !isText && loop.AwaitKeyword.IsKind(SyntaxKind.None) && model.Compilation.GetTypeByMetadataName("StackExchange.Redis.IServer")?.GetMembers("KeysAsync").IsEmpty == false)
            {
                var keys = SyntaxFactory.ParseExpression($"{server}.KeysAsync{of}{configured}").WithTriviaFrom(whole);
                yield return new Change(Title, () => root.ReplaceNode(loop, loop.ReplaceNode(whole, keys).WithoutLeadingTrivia()
                    .WithAwaitKeyword(SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithLeadingTrivia(loop.GetLeadingTrivia()).WithTrailingTrivia(SyntaxFactory.Space))));
                yield break;
            }

            var lazy = SyntaxFactory.ParseExpression($"{server}.Keys{of}{(isText ? ".Select(static key => key.ToString())" : "")}").WithTriviaFrom(whole);
            yield return new Change(Title, () => root.ReplaceNode(whole, lazy));
            yield break;
        }

        // SCAN may come by a key twice.
        var array = SyntaxFactory.ParseExpression($"{server}.Keys{of}.Distinct(){(isText ? ".Select(static key => key.ToString())" : "")}.ToArray()").WithTriviaFrom(cast);
        yield return new Change(Title, () => root.ReplaceNode(cast, array));
    }

    private static bool IsName(ExpressionSyntax expression) => expression switch
    {
        IdentifierNameSyntax or ThisExpressionSyntax => true,
        MemberAccessExpressionSyntax access => IsName(access.Expression),
        _ => false,
    };

    // A RedisKey would be given the prefix of the database, which a pattern of SCAN is not; an empty one means none to the driver.
    private static bool IsPattern(ExpressionSyntax pattern, SemanticModel model, CancellationToken cancellationToken)
        => model.GetTypeInfo(pattern, cancellationToken) is { Type: { } type, Nullability.FlowState: not NullableFlowState.MaybeNull }
            && (type.SpecialType == SpecialType.System_String || type.Name == "RedisValue")
            && model.GetConstantValue(pattern, cancellationToken) is not { HasValue: true, Value: null or "" };

    // The cast of the reply.
    private static CastExpressionSyntax? Cast(InvocationExpressionSyntax call)
    {
        SyntaxNode? parent = call.Parent;
        while (parent is ParenthesizedExpressionSyntax or AwaitExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression }
            || parent is MemberAccessExpressionSyntax { Name.Identifier.Text: "ConfigureAwait" } or InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "ConfigureAwait" } })
            parent = parent.Parent;
        return parent is CastExpressionSyntax cast && cast.DescendantNodes().OfType<AwaitExpressionSyntax>().Any() == (call.Expression is MemberAccessExpressionSyntax { Name.Identifier.Text: "ExecuteAsync" }) ? cast : null;
    }

    private static string? Configured(InvocationExpressionSyntax call)
        => call.Parent is MemberAccessExpressionSyntax { Name.Identifier.Text: "ConfigureAwait", Parent: InvocationExpressionSyntax configured } ? ".ConfigureAwait" + configured.ArgumentList.WithoutTrivia() : null;

    // Newer drivers say that there may be no server, and then there is an error as before.
    private static bool IsNullable(SyntaxNode place, SemanticModel model)
        => model.GetNullableContext(place.SpanStart).AnnotationsEnabled()
            && model.Compilation.GetTypeByMetadataName("StackExchange.Redis.IDatabase")?.GetMembers("IdentifyEndpoint").OfType<IMethodSymbol>().Any(static method => method.ReturnNullableAnnotation == NullableAnnotation.Annotated) == true;
}
