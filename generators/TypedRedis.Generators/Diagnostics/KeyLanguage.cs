using System.Globalization;
using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Diagnostics;

/// <summary>Builds the automaton of the keys that a template formats.</summary>
/// <remarks>
/// Exact, except that dates may have a day that their month lacks and zero-padded or hexadecimal integers may exceed their type's range: those would
/// matter only against a literal that spells such a value.
/// </remarks>
internal sealed class KeyLanguage
{
    private readonly KeyAutomaton _automaton = new();
    private readonly INamedTypeSymbol _model;
    private readonly bool _withEmptyText;
    private int _state;

    private KeyLanguage(INamedTypeSymbol model, bool withEmptyText)
    {
        _model = model;
        _withEmptyText = withEmptyText;
        _state = _automaton.Start;
    }

    /// <summary>The keys of a model. Without empty texts the examples that are found read better.</summary>
    public static KeyAutomaton Of(INamedTypeSymbol model, KeyTemplate template, bool withEmptyText)
    {
        var language = new KeyLanguage(model, withEmptyText);
        foreach (var segment in template.Segments)
        {
            if (segment is KeyLiteral literal)
                language._state = language._automaton.Text(language._state, literal.Text);
            else if (segment is KeyPart part)
                language.Add(part);
        }

        language._automaton.End = language._state;
        return language._automaton;
    }

    private void Add(KeyPart part)
    {
        switch (part.Kind)
        {
            case PartKind.String:
                AddText(mayBeEmpty: _withEmptyText && !part.IsTag);
                break;
            case PartKind.Char:
                AddCharacter(_state, Advance());
                break;
            case PartKind.Boolean:
                AddPattern("0|1");
                break;
            case PartKind.Guid:
                foreach (int digits in part.Format == "N" ? [32] : new[] { 8, -1, 4, -1, 4, -1, 4, -1, 12 })
                {
                    if (digits < 0)
                        AddLiteral("-");
                    else
                        AddRepeated("[0-9a-f]", digits, digits);
                }

                break;
            case PartKind.Enum:
                AddEnum(part);
                break;
            case PartKind.DateOnly or PartKind.TimeOnly or PartKind.DateTime or PartKind.DateTimeOffset:
                AddDate(DateFormat.Of(part.Kind, part.Format!).Pieces);
                break;
            default:
                AddInteger(part);
                break;
        }
    }

    private void AddText(bool mayBeEmpty)
    {
        int start = _state, end = Advance();
        AddCharacter(start, end);
        AddCharacter(end, end);
        if (mayBeEmpty)
            _automaton.Skip(start, end);
    }

    // Letters first, so that examples are made of them.
    private void AddCharacter(int from, int to)
    {
        foreach (var (low, high) in new[] { ('^', 'z'), ('0', '9'), ('@', 'Z'), (' ', '$'), ('&', ')'), ('+', '/'), (';', '>'), ('|', '|'), ('~', '~'), ('\u0080', '\uFFFF') })
            _automaton.Range(from, to, low, high);
        _automaton.Pattern(from, to, "%[0-1][0-9A-F]|%2[5-5A-A]|%3[A-AF-F]|%5[B-D]|%7[B-BD-DF-F]");
    }

    private void AddEnum(KeyPart part)
    {
        var property = _model.SelfAndBases().SelectMany(type => type.GetMembers(part.Name)).OfType<IPropertySymbol>().FirstOrDefault();
        if (property?.Type is not INamedTypeSymbol { EnumUnderlyingType: { } underlying } type)
        {
            AddText(mayBeEmpty: false);
            return;
        }

        int start = _state, end = Advance();
        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var constant in type.GetMembers().OfType<IFieldSymbol>().Where(static field => field.HasConstantValue))
        {
            // The name that was declared first stands for the value.
            if (named.Add(Convert.ToString(constant.ConstantValue, CultureInfo.InvariantCulture)))
                _automaton.Skip(_automaton.Text(start, constant.Name), end);
        }

        DecimalLanguage.Add(_automaton, start, end, DecimalLanguage.RangeOf(underlying.SpecialType), named);
    }

    private void AddInteger(KeyPart part)
    {
        var (least, most) = DecimalLanguage.RangeOf(part.Kind);
        if (part.Format is null)
        {
            DecimalLanguage.Add(_automaton, _state, Advance(), (least, most), []);
            return;
        }

        int digits = int.Parse(part.Format.Substring(1), CultureInfo.InvariantCulture);
        if (part.Format[0] == 'D')
        {
            if (least != "0")
                AddOptional(() => AddLiteral("-"));
            AddPadded("[0-9]", "[1-9]", digits, most.Length);
            return;
        }

        // Negative numbers are written in two's complement, of 64 or 128 bits.
        int longest = part.Kind is PartKind.Int128 or PartKind.UInt128 ? 32 : 16;
        if (part.Format[0] == 'X')
            AddPadded("[0-9A-F]", "[1-9A-F]", digits, longest);
        else
            AddPadded("[0-9a-f]", "[1-9a-f]", digits, longest);
    }

    // As many digits as the format asks for, or more where the number needs them: then the first is none of the padding.
    private void AddPadded(string digit, string leadingDigit, int digits, int longest)
    {
        int start = _state;
        AddRepeated(digit, digits, digits);
        int end = _state;
        if (longest > digits)
        {
            _state = start;
            AddPattern(leadingDigit);
            AddRepeated(digit, digits, longest - 1);
            _automaton.Skip(_state, end);
            _state = end;
        }
    }

    private void AddDate(IReadOnlyList<DateFormat.Piece> pieces)
    {
        for (int i = 0; i < pieces.Count; i++)
        {
            var piece = pieces[i];
            bool dropsPoint = piece is { Specifier: '\0', Text: "." } && i + 1 < pieces.Count && pieces[i + 1].Specifier == 'F';
            if (dropsPoint)
                AddOptional(() => AddLiteral("."));
            else if (piece.Specifier == '\0')
                AddEscaped(piece.Text);
            else
                AddUnit(piece.Specifier, piece.Text.Length);
        }
    }

    private void AddUnit(char specifier, int count)
    {
        var names = CultureInfo.InvariantCulture.DateTimeFormat;
        switch (specifier, count)
        {
            case ('y', <= 2):
                AddPattern(count == 1 ? "[0-9]|[1-9][0-9]" : "[0-9][0-9]");
                break;
            case ('y', 3):
                AddPattern("[0-9][0-9][0-9]|[1-9][0-9][0-9][0-9]");
                break;
            case ('y', _):
                AddLiteral(new string('0', count - 4));
                AddPattern("[1-9][0-9][0-9][0-9]|0[1-9][0-9][0-9]|00[1-9][0-9]|000[1-9]");
                break;
            case ('M', >= 3):
                AddNames((count == 3 ? names.AbbreviatedMonthNames : names.MonthNames).Where(static name => name.Length > 0));
                break;
            case ('d', >= 3):
                AddNames(count == 3 ? names.AbbreviatedDayNames : names.DayNames);
                break;
            case ('M' or 'h', _):
                AddPattern(count == 1 ? "[1-9]|1[0-2]" : "0[1-9]|1[0-2]");
                break;
            case ('d', _):
                AddPattern(count == 1 ? "[1-9]|[1-2][0-9]|3[0-1]" : "0[1-9]|[1-2][0-9]|3[0-1]");
                break;
            case ('H', _):
                AddPattern(count == 1 ? "[0-9]|1[0-9]|2[0-3]" : "[0-1][0-9]|2[0-3]");
                break;
            case ('m' or 's', _):
                AddPattern(count == 1 ? "[0-9]|[1-5][0-9]" : "[0-5][0-9]");
                break;
            case ('f', _):
                AddRepeated("[0-9]", count, count);
                break;
            case ('F', _):
                AddRepeated("[0-9]", 0, count);
                break;
            case ('t', _):
                AddPattern(count == 1 ? "A|P" : "AM|PM");
                break;
            default:
                AddEscaped(names.GetEraName(1));
                break;
        }
    }

    private void AddNames(IEnumerable<string> names)
    {
        int start = _state, end = Advance();
        foreach (string name in names)
            _automaton.Skip(_automaton.Text(start, name), end);
    }

    private void AddEscaped(string text)
    {
        foreach (char character in text)
            AddLiteral(KeyText.IsEscaped(character) ? "%" + ((int)character).ToString("X2", CultureInfo.InvariantCulture) : character.ToString());
    }

    private void AddRepeated(string pattern, int least, int most)
    {
        int end = _automaton.NewState();
        for (int i = 0; i < most; i++)
        {
            if (i >= least)
                _automaton.Skip(_state, end);
            AddPattern(pattern);
        }

        _automaton.Skip(_state, end);
        _state = end;
    }

    private void AddOptional(Action add)
    {
        int start = _state;
        add();
        _automaton.Skip(start, _state);
    }

    private void AddLiteral(string text) => _state = _automaton.Text(_state, text);

    private void AddPattern(string pattern) => _automaton.Pattern(_state, Advance(), pattern);

    // Moves on to a new state. C# evaluates arguments from left to right: `Add(_state, Advance())` goes from the old state to the new one.
    private int Advance() => _state = _automaton.NewState();
}
