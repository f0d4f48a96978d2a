using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TypedRedis.Generators.Tests.Docs;

/// <summary>
/// A block of a page that is fenced as <c>csharp</c>. Words behind it: <c>invalid</c>, perhaps with the id of a diagnostic, for code that must not compile;
/// <c>restart</c> for one that does not see the blocks before it.
/// </summary>
internal sealed class CodeBlock
{
    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Preview, DocumentationMode.None);

    private readonly CompilationUnitSyntax _syntax;

    private CodeBlock(string page, int line, string[] options, string code)
    {
        Page = page;
        Line = line;
        IsInvalid = options.Contains("invalid");
        IsRestart = options.Contains("restart");
        ExpectedId = options.FirstOrDefault(static option => option.Any(char.IsAsciiDigit));
        Unknown = options.FirstOrDefault(option => option is not ("invalid" or "restart") && option != ExpectedId);
        Code = code;
        _syntax = (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(code, ParseOptions).GetRoot();
    }

    public string Page { get; }

    /// <summary>The line of the page, from 1, that the code begins on.</summary>
    public int Line { get; }

    public string Code { get; }

    public bool IsInvalid { get; }

    public bool IsRestart { get; }

    /// <summary>The diagnostic that code which must not compile has to give; null where any error will do.</summary>
    public string? ExpectedId { get; }

    /// <summary>A word behind the fence that means nothing.</summary>
    public string? Unknown { get; }

    public bool HasStatements => Statements.Any();

    private IEnumerable<GlobalStatementSyntax> Statements => _syntax.Members.OfType<GlobalStatementSyntax>();

    /// <summary>The blocks of a page, in their order.</summary>
    public static IEnumerable<CodeBlock> Of(string page)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, page));
        for (int i = 0; i < lines.Length; i++)
        {
            string start = lines[i].TrimStart();
            if (!start.StartsWith("```", StringComparison.Ordinal))
                continue;

            string fence = new('`', start.TakeWhile(static character => character == '`').Count());
            int indentation = lines[i].Length - start.Length;
            int end = i + 1;
            while (end < lines.Length && lines[end].Trim() != fence)
                end++;

            string[] words = start[fence.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["csharp", .. var options])
            {
                var code = lines[(i + 1)..end].Select(line => line.Length >= indentation ? line[indentation..] : line.TrimStart());
                yield return new CodeBlock(page, i + 2, options, string.Join('\n', code));
            }

            i = end;
        }
    }

    /// <summary>The using directives, made global: on a page they count from where they stand.</summary>
    public string GlobalUsings
        => string.Concat(_syntax.Usings.Select(directive =>
            At(LineOf(directive)) + (directive.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword) ? "" : "global ") + directive + "\n"));

    /// <summary>The statements alone.</summary>
    public string StatementCode => At(Line) + Keep(Statements.Select(static statement => statement.FullSpan)) + "\n#line default\n";

    /// <summary>The types and attributes alone; null where there are none.</summary>
    /// <param name="home">A namespace to put them in, unless they have one.</param>
    public string? Declarations(string? home)
    {
        var members = _syntax.Members.Where(static member => member is not GlobalStatementSyntax).ToArray();
        if (members.Length == 0 && _syntax.AttributeLists.Count == 0)
            return null;

        string attributes = Keep(_syntax.AttributeLists.Select(static list => list.FullSpan));
        string types = Keep(members.Select(static member => member.FullSpan));
        return home is null || members.Any(static member => member is BaseNamespaceDeclarationSyntax)
            ? At(Line) + Keep(_syntax.AttributeLists.Select(static list => list.FullSpan).Concat(members.Select(static member => member.FullSpan)))
            : $"{At(Line)}{attributes}\n#line default\nnamespace {home}\n{{\n{At(Line)}{types}\n#line default\n}}";
    }

    private int LineOf(SyntaxNode node) => Line + node.GetLocation().GetLineSpan().StartLinePosition.Line;

    private string At(int line) => $"#line {line} \"{Page}\"\n";

    // What is left out becomes blanks, so that the rest stays in its place.
    private string Keep(IEnumerable<Microsoft.CodeAnalysis.Text.TextSpan> spans)
    {
        char[] kept = [.. Code.Select(static character => character == '\n' ? '\n' : ' ')];
        foreach (var span in spans)
            Code.CopyTo(span.Start, kept, span.Start, span.Length);
        return new string(kept);
    }
}
