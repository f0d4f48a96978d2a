using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Parsing;

/// <summary>Reads key templates: <c>user:{Id}</c>, <c>cart:{#UserId}:items</c>, <c>board:{Mode}:{Day:yyyy-MM-dd}</c>. Templates of tags are read likewise.</summary>
internal sealed class KeyTemplateParser
{
    private readonly INamedTypeSymbol _model;
    private readonly string _text;
    private readonly bool _isOfTag;
    private readonly Action<DiagnosticDescriptor, int, int, object[]>? _report;
    private bool _isUsable = true;

    // Where text begins that a part before it may contain: what it consists of is said already.
    private int _forgeable = -1;

    private KeyTemplateParser(INamedTypeSymbol model, string text, bool isOfTag, Action<DiagnosticDescriptor, int, int, object[]>? report)
    {
        _model = model;
        _text = text;
        _isOfTag = isOfTag;
        _report = report;
    }

    private string Word => _isOfTag ? "tag" : "key";

    /// <summary>Reads the template that stands in an attribute's argument. Null where it cannot be used; <paramref name="report"/> is told why.</summary>
    public static KeyTemplate? Parse(
        INamedTypeSymbol model,
        AttributeData attribute,
        int argumentIndex,
        Action<Diagnostic>? report,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // An argument that is missing or does not compile is the compiler's to report.
        if (attribute.ConstructorArguments.Length <= argumentIndex
            || attribute.ConstructorArguments[argumentIndex] is not { Kind: TypedConstantKind.Primitive } argument)
            return null;

        Action<DiagnosticDescriptor, int, int, object[]>? reportAt = report is null
            ? null
            : (rule, start, length, arguments)
                => report.Report(rule, LiteralLocation.InArgument(attribute, argumentIndex, start, length, cancellationToken), arguments);
        return new KeyTemplateParser(model, argument.Value as string ?? "", isOfTag: false, reportAt).Parse();
    }

    /// <summary>Reads the template of a tag: it may have no part, has no hash tag, and a member that can be null may be a part. Null where it cannot be used; <paramref name="fault"/> is told why.</summary>
    public static KeyTemplate? ParseTag(INamedTypeSymbol model, string text, TemplateScanner.Fault fault)
        => new KeyTemplateParser(model, text, isOfTag: true, (rule, start, length, arguments) =>
        {
            if (rule.DefaultSeverity == DiagnosticSeverity.Error)
                fault(start, length, FaultOfTag(rule, arguments));
        }).Parse();

    // The rules' arguments as one text that follows the offending one. What types and formats say of keys is as true of tags.
    private static string FaultOfTag(DiagnosticDescriptor rule, object[] arguments)
        => rule == Rules.UnknownPart ? $", {arguments[2]}"
            : rule == Rules.PartType ? $", which is of type '{arguments[2]}' and cannot be a part: {arguments[3]}"
            : rule == Rules.LossyFormat ? $": {((string)arguments[3]).Replace("key", "tag")}"
            : rule == Rules.ForgeableTemplate ? $", which is followed by '{arguments[3]}', and its own text may contain that, so that two values could share a tag: put ':' behind it, or move it to the end"
            : $": {arguments[2]}";

    private KeyTemplate? Parse()
    {
        var pieces = TemplateScanner.Scan(_text, Malformed);
        if (_text.Length == 0)
            Malformed(0, 0, _isOfTag ? "it is empty: write text, and parts behind it, as in 'category:{Category}'" : "it is empty: write text and at least one part, as in 'user:{Id}'");
        else if (!_isOfTag && _isUsable && pieces.All(static piece => piece.Name is null))
            Malformed(0, _text.Length, "it names no property, so that all entities would share one key: add a part, as in 'user:{Id}'");
        else if (pieces.Count > 0 && pieces[0] is { Name: not null, Start: 0 } first)
            Malformed(first.Start, first.Length, _isOfTag
                ? "tags begin with text of their own, after which their methods are named: put text before it, as in 'category:{Category}'"
                : "keys begin with text of their own, which tells one model's keys from another's: put text before it, as in 'user:{Id}'");

        CheckUniqueness(pieces);
        var segments = new List<KeySegment>();
        string pendingLiteral = "";
        for (int i = 0; i < pieces.Count; i++)
        {
            var piece = pieces[i];
            if (piece.Name is null)
            {
                CheckLiteral(piece);
                pendingLiteral += _text.Substring(piece.Start, piece.Length);
                continue;
            }

            pendingLiteral += piece.IsTag ? "{" : "";
            if (pendingLiteral.Length > 0)
                segments.Add(new KeyLiteral(pendingLiteral));
            pendingLiteral = piece.IsTag ? "}" : "";
            if (Part(piece, i + 1 < pieces.Count ? pieces[i + 1] : null) is { } part)
                segments.Add(part);
        }

        if (pendingLiteral.Length > 0)
            segments.Add(new KeyLiteral(pendingLiteral));
        return _isUsable ? new KeyTemplate(_text, segments.ToEquatableArray(), Pattern(segments)) : null;
    }

    private void CheckUniqueness(List<TemplatePiece> pieces)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        bool hasTag = false;
        foreach (var piece in pieces.Where(static piece => piece.Name is not null))
        {
            if (!names.Add(piece.Name!))
                Malformed(piece.NameStart, piece.Name!.Length, $"the property is in the {Word} already: name each property once");
            if (piece.IsTag && _isOfTag)
                Malformed(piece.NameStart - 1, 1, "a hash tag belongs to a key: leave the '#' out");
            else if (piece.IsTag && hasTag)
                Malformed(piece.NameStart - 1, 1, "the key has a hash tag already, and Redis looks at the first alone: mark one part with '#'");
            hasTag |= piece.IsTag;
        }
    }

    private void CheckLiteral(TemplatePiece literal)
    {
        int end = literal.Start + literal.Length;
        foreach (var (start, length) in Runs(literal.Start, end, static character => !KeyText.IsLiteral(character)))
        {
            Malformed(start, length, Word + " text is printable ASCII without spaces and without '*', '?', '[', ']', '\\' and '%', which patterns and escapes use: "
                + "write lower case, digits, ':', '-', '_' and '.'");
        }

        foreach (var (start, length) in Runs(literal.Start, end, static character => KeyText.IsLiteral(character) && !KeyText.IsPlain(character)))
        {
            if (start == _forgeable)
                continue;

            string text = _text.Substring(start, length), lower = text.ToLowerInvariant();
            string remedy = lower.All(KeyText.IsPlain) ? $"write '{lower}'" : "replace it by one of these";
            _report?.Invoke(Rules.LiteralStyle, start, length, [Names.Of(_model), text, remedy]);
        }
    }

    private IEnumerable<(int Start, int Length)> Runs(int start, int end, Func<char, bool> isWanted)
    {
        for (int i = start; i < end; i++)
        {
            int runStart = i;
            while (i < end && isWanted(_text[i]))
                i++;
            if (i > runStart)
                yield return (runStart, i - runStart);
        }
    }

    private KeyPart? Part(TemplatePiece piece, TemplatePiece? next)
    {
        if (FindProperty(piece) is not { } property || property.Type.TypeKind == TypeKind.Error)
        {
            _isUsable = false;
            return null;
        }

        var type = _isOfTag ? property.Type.WithoutNull() : property.Type;
        if (PartTypes.KindOf(type, _model, out string fault) is not { } kind)
            return BadType(piece, property, _isOfTag ? fault.Replace("key", "tag") : fault);

        if (piece.Format is null && kind is PartKind.DateTime or PartKind.DateTimeOffset)
            return BadType(piece, property, $"its {Word} text must be chosen: say how much of it counts, as in '{{{property.Name}:yyyy-MM-dd}}'");

        var format = PartFormat.Of(kind, piece.Format);
        if (format.Fault is not null)
        {
            Error(Rules.LossyFormat, piece.FormatStart, piece.Format!.Length, property.Name, KeyText.Printable(piece.Format), format.Fault);
            return null;
        }

        bool isTerminated = piece.IsTag || next is null || (next.Name is null && _text[next.Start] == ':');
        if (!isTerminated && format.Width == 0)
        {
            _forgeable = next!.Start;
            Error(Rules.ForgeableTemplate, piece.Start, piece.Length, property.Name, _text, _text.Substring(next.Start, next.Length));
        }

        return new KeyPart(property.Name, Names.Qualified(type), kind, format.Text, format.Normalizes, piece.IsTag, format.Width, isTerminated);
    }

    private KeyPart? BadType(TemplatePiece piece, IPropertySymbol property, string fault)
    {
        Error(Rules.PartType, piece.NameStart, piece.Name!.Length, property.Name, Names.Of(property.Type), fault);
        return null;
    }

    private IPropertySymbol? FindProperty(TemplatePiece piece)
    {
        var candidates = new List<string>();
        for (INamedTypeSymbol? type = _model; type is not null; type = type.BaseType)
        {
            foreach (var member in type.GetMembers())
            {
                if (member.Name == piece.Name && member is IPropertySymbol or IFieldSymbol)
                {
                    if (FaultOf(member) is not { } fault)
                        return (IPropertySymbol)member;

                    Unknown(piece, fault);
                    return null;
                }

                if (member is IPropertySymbol && FaultOf(member) is null && !candidates.Contains(member.Name))
                    candidates.Add(member.Name);
            }
        }

        Unknown(piece, $"which is no property of it: {Names.Suggestion(piece.Name!, candidates)}");
        return null;
    }

    private static string? FaultOf(ISymbol member) => member switch
    {
        not IPropertySymbol => "which is a field: make it a property",
        { IsStatic: true } => "which is static, and the key of an entity is made of its own properties: name one of those",
        IPropertySymbol { IsIndexer: true } or { IsImplicitlyDeclared: true, Name: "EqualityContract" } => "which is no property that holds a value: name another",
        IPropertySymbol property when property.FindGetter() is { DeclaredAccessibility: Accessibility.Public } => null,
        _ => "which has no public getter: make the property and its getter public",
    };

    private void Unknown(TemplatePiece piece, string fault)
        => Error(Rules.UnknownPart, piece.NameStart, piece.Name!.Length, KeyText.Printable(piece.Name), fault);

    private void Malformed(int start, int length, string fault)
        => Error(Rules.MalformedTemplate, start, length, KeyText.Printable(_text.Substring(start, length)), fault);

    private void Error(DiagnosticDescriptor rule, int start, int length, params object[] arguments)
    {
        _isUsable = false;
        _report?.Invoke(rule, start, length, [Names.Of(_model), .. arguments]);
    }

    // Literals hold no glob characters, so they stand for themselves.
    private static string Pattern(List<KeySegment> segments)
        => string.Concat(segments.Select(static segment => segment is KeyLiteral literal ? literal.Text : "*"));
}
