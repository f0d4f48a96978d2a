using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TypedRedis.CodeFixes;

/// <summary>A fix of one diagnostic at a time. It is offered only where every condition of it holds, and what it makes compiles.</summary>
public abstract class RuleFix : CodeFixProvider
{
    private readonly string _id;
    private readonly FixAllProvider? _all;

    private protected RuleFix(DiagnosticDescriptor rule, bool canFixAll = true)
    {
        _id = rule.Id;
        _all = canFixAll ? FixAllProvider.Create((context, document, diagnostics) => new FixAll(this, context).ApplyAsync(document, diagnostics)) : null;
    }

    public sealed override ImmutableArray<string> FixableDiagnosticIds => ImmutableArray.Create(_id);

    public sealed override FixAllProvider? GetFixAllProvider() => _all;

    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null)
            return;

        foreach (var diagnostic in context.Diagnostics)
        {
            foreach (var (title, kind, changed) in Offers(Node(root, diagnostic), root, model, context.CancellationToken))
            {
                context.RegisterCodeFix(
                    CodeAction.Create(title, _ => Task.FromResult(context.Document.WithSyntaxRoot(changed)), equivalenceKey: kind),
                    diagnostic);
            }
        }
    }

    /// <summary>What a diagnostic points at.</summary>
    internal static SyntaxNode Node(SyntaxNode root, Diagnostic diagnostic) => root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);

    /// <summary>The changes that compile: their titles, what is done with them where all are made at once, and the file with each of them in it.</summary>
    internal IEnumerable<(string Title, string Kind, SyntaxNode Root)> Offers(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken)
    {
        foreach (var change in Changes(node, root, model, cancellationToken))
        {
            var changed = change.Root();
            if (Compiles(node, root, changed, change, model, cancellationToken))
                yield return (change.Title, change.Kind, changed);
        }
    }

    /// <summary>The changes to offer; none where a condition does not hold. Those that do not compile are left out.</summary>
    /// <param name="node">What the diagnostic points at.</param>
    /// <param name="root">The file.</param>
    /// <param name="model">Its meaning.</param>
    /// <param name="cancellationToken">Stops it.</param>
    private protected abstract IEnumerable<Change> Changes(SyntaxNode node, SyntaxNode root, SemanticModel model, CancellationToken cancellationToken);

    // Whether what is changed has no more errors than before: the member, which ends as far before the end of the file as it did, or the file where something is declared.
    private static bool Compiles(SyntaxNode node, SyntaxNode root, SyntaxNode changed, Change change, SemanticModel model, CancellationToken cancellationToken)
    {
        SyntaxNode member = change.Emitted is null && node.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } found and not GlobalStatementSyntax ? found : root;
        changed = change.Emitted?.Invoke(changed) ?? changed;
        var span = Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(member.FullSpan.Start, changed.FullSpan.End - (root.FullSpan.End - member.FullSpan.End));
        var tree = root.SyntaxTree.WithRootAndOptions(changed, root.SyntaxTree.Options);
        var other = model.Compilation.ReplaceSyntaxTree(root.SyntaxTree, tree).GetSemanticModel(tree);
        return Errors(other.GetDiagnostics(span, cancellationToken)) <= Errors(model.GetDiagnostics(member.FullSpan, cancellationToken));

        static int Errors(ImmutableArray<Diagnostic> diagnostics) => diagnostics.Count(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
    }

    /// <summary>A change of a file.</summary>
    /// <param name="title">What the editor offers.</param>
    /// <param name="root">Makes the file with the change in it.</param>
    /// <param name="emitted">Adds to that file what the generator will emit for what it declares; null where it declares nothing.</param>
    /// <param name="kind">What it has in common with the changes that are made with it where all are made at once; null where that is the title.</param>
    private protected readonly struct Change(string title, Func<SyntaxNode> root, Func<SyntaxNode, SyntaxNode>? emitted = null, string? kind = null)
    {
        public string Title { get; } = title;

        public string Kind { get; } = kind ?? title;

        public Func<SyntaxNode> Root { get; } = root;

        public Func<SyntaxNode, SyntaxNode>? Emitted { get; } = emitted;
    }
}
