using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using TypedRedis.Analyzers;

namespace TypedRedis.CodeFixes;

/// <summary>
/// A fix of all diagnostics of a document, one behind the other, each of them on what the last has made. Merging texts that were made side by side, as the compiler's own does, loses those that touch the
/// same lines.
/// </summary>
internal sealed class FixAll(RuleFix fix, FixAllContext context)
{
    // More than can stand within each other.
    private const int Rounds = 50;

    public async Task<Document?> ApplyAsync(Document document, ImmutableArray<Diagnostic> diagnostics)
    {
        for (int round = 0; round < Rounds && diagnostics.Length > 0; round++)
        {
            var changed = await RoundAsync(document, diagnostics).ConfigureAwait(false);
            if (changed == document)
                break;

            document = changed;
            diagnostics = await DiagnoseAsync(document).ConfigureAwait(false);
        }

        return document;
    }

    // Those that stand apart from each other; what they leave is looked at anew.
    private async Task<Document> RoundAsync(Document document, ImmutableArray<Diagnostic> diagnostics)
    {
        var root = (await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false))!;
        var marks = new Dictionary<SyntaxNode, SyntaxAnnotation>();
        var taken = new List<TextSpan>();
        foreach (var diagnostic in diagnostics.OrderBy(static diagnostic => diagnostic.Location.SourceSpan.Start))
        {
            var node = RuleFix.Node(root, diagnostic);
            var span = Place(node).Span;
            if (taken.Exists(other => other.OverlapsWith(span)))
                continue;

            // One that cannot be mended does not stand in the way of one that can.
            if (await OfferAsync(document, node).ConfigureAwait(false) is null)
                continue;

            taken.Add(span);
            marks.Add(node, new SyntaxAnnotation());
        }

        if (marks.Count == 0)
            return document;

        document = document.WithSyntaxRoot(root.ReplaceNodes(marks.Keys, (node, current) => current.WithAdditionalAnnotations(marks[node])));
        foreach (var mark in marks.Values)
        {
            root = (await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false))!;
            if (root.GetAnnotatedNodes(mark).ToList() is { Count: 1 } nodes && await OfferAsync(document, nodes[0]).ConfigureAwait(false) is { } changed)
                document = document.WithSyntaxRoot(changed);
        }

        return document;
    }

    private async Task<SyntaxNode?> OfferAsync(Document document, SyntaxNode node)
    {
        var root = (await document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false))!;
        var model = (await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false))!;
        return fix.Offers(node, root, model, context.CancellationToken).FirstOrDefault(offer => offer.Kind == context.CodeActionEquivalenceKey).Root;
    }

    private async Task<ImmutableArray<Diagnostic>> DiagnoseAsync(Document document)
    {
        var model = (await document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false))!;
        var analyzers = model.Compilation.WithAnalyzers([new RedisUsageAnalyzer()], document.Project.AnalyzerOptions);
        var found = await analyzers.GetAnalyzerSemanticDiagnosticsAsync(model, filterSpan: null, context.CancellationToken).ConfigureAwait(false);
        return [.. found.Where(diagnostic => fix.FixableDiagnosticIds.Contains(diagnostic.Id) && !diagnostic.IsSuppressed)];
    }

    // The statement around it or, where there is none, the member.
    private static SyntaxNode Place(SyntaxNode node)
        => (SyntaxNode?)node.FirstAncestorOrSelf<StatementSyntax>() ?? (SyntaxNode?)node.FirstAncestorOrSelf<MemberDeclarationSyntax>() ?? node;
}
