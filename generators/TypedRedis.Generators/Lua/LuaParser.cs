namespace TypedRedis.Generators.Lua;

/// <summary>
/// Reads Lua 5.1, the language of Redis, as its own compiler does: what one accepts, the other accepts. It stops at the first error. It is stricter where
/// servers differ, <c>...</c> outside of a function (refused by Redis 6) and <c>[[</c> inside of <c>[[ ]]</c> (refused by Lua as Redis ships it), and with chains of more than 200 calls.
/// </summary>
internal sealed partial class LuaParser
{
    // Those of Lua: how deep a text may nest, and how many locals one function may have at a time.
    private const int MostLevels = 200;
    private const int MostLocals = 200;

    private readonly List<LuaToken> _tokens;
    private readonly Stack<Function> _functions = new();
    private int _next;
    private int _levels;

    private LuaParser(List<LuaToken> tokens, int locals)
    {
        _tokens = tokens;
        _functions.Push(new Function(isVararg: false) { Locals = locals });
    }

    /// <summary>Reads a script.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="locals">How many locals stand before it.</param>
    /// <exception cref="LuaSyntaxException">It is no Lua 5.1.</exception>
    public static LuaBlock Parse(string text, int locals = 0)
    {
        var parser = new LuaParser(LuaLexer.Read(text).Tokens, locals);
        var block = parser.ParseBlock();
        if (parser.Current.Kind != LuaTokenKind.EndOfText)
            throw parser.Unexpected(parser.IsBlockEnd() ? "closes nothing" : block.Statements.Count > 0 && block.Statements[block.Statements.Count - 1] is LuaReturn or LuaBreak ? "stands behind the 'return' or 'break' that ends its block" : null);
        return block;
    }

    private LuaToken Current => _tokens[_next];

    private LuaToken Previous => _tokens[Math.Max(_next - 1, 0)];

    private bool Is(string text) => Current.Kind is LuaTokenKind.Symbol or LuaTokenKind.Keyword && Current.Text == text;

    private LuaToken Take() => _tokens[_next++];

    private bool TryTake(string text)
    {
        if (!Is(text))
            return false;

        _next++;
        return true;
    }

    private LuaToken Expect(string text) => Is(text) ? Take() : throw Unexpected($"stands where '{text}' is expected");

    // Where the text ends too early, the error is at its last token, and says what was left open.
    private LuaToken ExpectClosing(string text, LuaToken opening) => Is(text)
        ? Take()
        : throw Unexpected($"stands where '{text}' is expected, which closes the '{opening.Text}' of line {opening.Line}");

    private LuaToken ExpectName() => Current.Kind == LuaTokenKind.Name
        ? Take()
        : throw Unexpected(Current.Kind == LuaTokenKind.Keyword ? "is a word of the language and cannot be a name" : "stands where a name is expected");

    private LuaSyntaxException Unexpected(string? what = null)
    {
        var token = Current;
        what ??= "is not expected here";
        if (token.Kind != LuaTokenKind.EndOfText)
            return new LuaSyntaxException(token.Start, token.End, $"'{(token.Kind == LuaTokenKind.String ? Shorten(token.Text) : token.Text)}' {what}");

        var last = _next > 0 ? Previous : token;
        return new LuaSyntaxException(last.Start, last.End, $"the end of the script {what}");
    }

    private static string Shorten(string text)
    {
        text = text.Replace("\r", " ").Replace("\n", " ");
        return text.Length <= 20 ? text : text.Substring(0, 20) + "…";
    }

    private void Enter(LuaToken token)
    {
        if (++_levels > MostLevels)
            throw new LuaSyntaxException(token.Start, token.End, "the script nests too deep for Lua: more than 200 levels");
    }

    private void Leave() => _levels--;

    private void Declare(int count, LuaToken at)
    {
        var function = _functions.Peek();
        function.Locals += count;
        if (function.Locals > MostLocals)
            throw new LuaSyntaxException(at.Start, at.End, "a function has at most 200 local variables at a time");
    }

    private bool IsBlockEnd() => Current.Kind == LuaTokenKind.EndOfText || Is("end") || Is("else") || Is("elseif") || Is("until");

    private LuaBlock ParseBlock()
    {
        Enter(Current);
        int start = Current.Start;
        int locals = _functions.Peek().Locals;
        var statements = ParseStatements();
        _functions.Peek().Locals = locals;
        Leave();
        return new LuaBlock(statements, start, Math.Max(start, Previous.End));
    }

    private List<LuaStatement> ParseStatements()
    {
        var statements = new List<LuaStatement>();
        while (!IsBlockEnd())
        {
            var statement = ParseStatement();
            statements.Add(statement);
            TryTake(";");
            if (statement is LuaReturn or LuaBreak)
                break;
        }

        return statements;
    }

    private LuaStatement ParseStatement()
    {
        var token = Current;
        if (token.Kind == LuaTokenKind.Keyword)
        {
            switch (token.Text)
            {
                case "if": return ParseIf();
                case "while": return ParseWhile();
                case "do": return ParseDo();
                case "for": return ParseFor();
                case "repeat": return ParseRepeat();
                case "function": return ParseFunctionStatement();
                case "local": return ParseLocal();
                case "return": return ParseReturn();
                case "break": return ParseBreak();
            }
        }

        return ParseExpressionStatement();
    }

    private LuaIf ParseIf()
    {
        var first = Take();
        var opening = first;
        var branches = new List<(LuaExpression?, LuaBlock)>();
        while (true)
        {
            var condition = ParseExpression();
            Expect("then");
            branches.Add((condition, ParseBlock()));
            if (!Is("elseif"))
                break;
            opening = Take();
        }

        if (Is("else"))
        {
            opening = Take();
            branches.Add((null, ParseBlock()));
        }

        return new LuaIf(branches, first.Start, ExpectClosing("end", branches.Count > 1 ? opening : first).End);
    }

    private LuaLoop ParseWhile()
    {
        var token = Take();
        var condition = ParseExpression();
        Expect("do");
        var body = ParseLoopBody();
        return new LuaLoop(condition, body, isRepeat: false, token.Start, ExpectClosing("end", token).End);
    }

    private LuaBlock ParseLoopBody()
    {
        _functions.Peek().Loops++;
        var body = ParseBlock();
        _functions.Peek().Loops--;
        return body;
    }

    private LuaDo ParseDo()
    {
        var token = Take();
        var body = ParseBlock();
        return new LuaDo(body, token.Start, ExpectClosing("end", token).End);
    }

    private LuaFor ParseFor()
    {
        var token = Take();
        var names = new List<LuaIdentifier> { new(ExpectName()) };
        var values = new List<LuaExpression>();
        bool isNumeric = Is("=");
        if (isNumeric)
        {
            Take();
            values.Add(ParseExpression());
            Expect(",");
            values.Add(ParseExpression());
            if (TryTake(","))
                values.Add(ParseExpression());
        }
        else
        {
            while (TryTake(","))
                names.Add(new LuaIdentifier(ExpectName()));
            if (!Is("in"))
                throw Unexpected("stands where '=' or 'in' is expected");
            Take();
            values = ParseExpressions();
        }

        Expect("do");
        int locals = _functions.Peek().Locals;
        Declare(3 + names.Count, token);
        var body = ParseLoopBody();
        _functions.Peek().Locals = locals;
        return new LuaFor(names, values, isNumeric, body, token.Start, ExpectClosing("end", token).End);
    }

    private LuaLoop ParseRepeat()
    {
        var token = Take();
        Enter(token);
        int locals = _functions.Peek().Locals;
        int start = Current.Start;
        _functions.Peek().Loops++;
        var statements = ParseStatements();
        _functions.Peek().Loops--;
        var body = new LuaBlock(statements, start, Math.Max(start, Previous.End));
        ExpectClosing("until", token);
        var condition = ParseExpression();
        _functions.Peek().Locals = locals;
        Leave();
        return new LuaLoop(condition, body, isRepeat: true, token.Start, condition.End);
    }

    private LuaFunctionStatement ParseFunctionStatement()
    {
        var token = Take();
        LuaExpression target = new LuaVariable(ExpectName());
        bool isMethod = false;
        while (!isMethod && (Is(".") || Is(":")))
        {
            isMethod = Take().Text == ":";
            var name = ExpectName();
            target = new LuaIndex(target, new LuaText(name.Text, name.Start, name.End), name.End);
        }

        return new LuaFunctionStatement(target, isLocal: false, isMethod, ParseFunction(token, isMethod), token.Start);
    }

    private LuaStatement ParseLocal()
    {
        var token = Take();
        if (Is("function"))
        {
            var keyword = Take();
            var name = ExpectName();
            Declare(1, name);
            return new LuaFunctionStatement(new LuaVariable(name), isLocal: true, isMethod: false, ParseFunction(keyword, isMethod: false), token.Start);
        }

        var names = new List<LuaIdentifier>();
        do
        {
            names.Add(new LuaIdentifier(ExpectName()));
        }
        while (TryTake(","));

        if (Is("<"))
            throw Unexpected("begins an attribute, which Lua 5.1 does not have");
        var values = TryTake("=") ? ParseExpressions() : [];
        Declare(names.Count, token);
        return new LuaLocal(names, values, token.Start, Previous.End);
    }

    private LuaReturn ParseReturn()
    {
        var token = Take();
        var values = IsBlockEnd() || Is(";") ? [] : ParseExpressions();
        return new LuaReturn(values, token.Start, Previous.End);
    }

    private LuaBreak ParseBreak()
    {
        var token = Take();
        return _functions.Peek().Loops > 0 ? new LuaBreak(token) : throw new LuaSyntaxException(token.Start, token.End, "there is no loop to break here");
    }

    private LuaStatement ParseExpressionStatement()
    {
        var first = ParseSuffixed();
        if (first is LuaCall call && !Is("=") && !Is(","))
            return new LuaCallStatement(call);

        var targets = new List<LuaExpression> { first };
        CheckTarget(first);
        while (TryTake(","))
        {
            targets.Add(ParseSuffixed());
            CheckTarget(targets[targets.Count - 1]);
        }

        Expect("=");
        var values = ParseExpressions();
        return new LuaAssignment(targets, values, Previous.End);
    }

    // goto is a name in Lua 5.1; what follows it makes the error.
    private void CheckTarget(LuaExpression target)
    {
        if (target is LuaVariable { Name: "goto" } && Current.Kind == LuaTokenKind.Name)
            throw new LuaSyntaxException(target.Start, target.End, "Lua 5.1 has no goto");
        if (target is not (LuaVariable or LuaIndex))
            throw new LuaSyntaxException(target.Start, target.End, target is LuaCall ? "a call cannot be assigned to" : "an expression is no statement: assign it, return it, or call it");
        if (!Is("=") && !Is(","))
            throw Unexpected(Operator(Current) is { } || Is("+") || Is("-") ? "continues an expression, which is no statement: assign it, return it, or call it" : "stands where '=' is expected: an expression is no statement");
    }

    /// <summary>What is known of the function that is being read.</summary>
    private sealed class Function(bool isVararg)
    {
        public bool IsVararg { get; } = isVararg;

        public int Locals { get; set; }

        public int Loops { get; set; }
    }
}
