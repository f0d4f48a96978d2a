namespace TypedRedis.Generators.Lua;

/// <content>Expressions.</content>
internal sealed partial class LuaParser
{
    private List<LuaExpression> ParseExpressions()
    {
        var expressions = new List<LuaExpression> { ParseExpression() };
        while (TryTake(","))
            expressions.Add(ParseExpression());
        return expressions;
    }

    private LuaExpression ParseExpression() => ParseExpression(0);

    // As many operations as bind tighter than what stands to the left.
    private LuaExpression ParseExpression(int limit)
    {
        Enter(Current);
        LuaExpression first;
        if (Is("not") || Is("-") || Is("#"))
        {
            const int UnaryPriority = 8;
            var token = Take();
            first = new LuaUnary(token, ParseExpression(UnaryPriority));
        }
        else
        {
            first = ParseSimple();
        }

        List<LuaExpression>? operands = null;
        List<string>? operators = null;
        while (Operator(Current) is { } priority && priority.Left > limit)
        {
            operands ??= [first];
            (operators ??= []).Add(Take().Text);
            operands.Add(ParseExpression(priority.Right));
        }

        Leave();
        return operands is null ? first : new LuaOperation(operands, operators!);
    }

    private static (int Left, int Right)? Operator(LuaToken token) => token.Kind is not (LuaTokenKind.Symbol or LuaTokenKind.Keyword) ? null : token.Text switch
    {
        "or" => (1, 1),
        "and" => (2, 2),
        "<" or ">" or "<=" or ">=" or "~=" or "==" => (3, 3),
        ".." => (5, 4),
        "+" or "-" => (6, 6),
        "*" or "/" or "%" => (7, 7),
        "^" => (10, 9),
        _ => null,
    };

    private LuaExpression ParseSimple()
    {
        var token = Current;
        switch (token.Kind)
        {
            case LuaTokenKind.Number:
                return new LuaConstant(Take());
            case LuaTokenKind.String:
                return Text(Take());
            case LuaTokenKind.Keyword when token.Text is "nil" or "true" or "false":
                return new LuaConstant(Take());
            case LuaTokenKind.Keyword when token.Text == "function":
                return ParseFunction(Take(), isMethod: false);
            case LuaTokenKind.Symbol when token.Text == "...":
                return _functions.Peek().IsVararg
                    ? new LuaVarargs(Take())
                    : throw new LuaSyntaxException(token.Start, token.End, _functions.Count == 1
                        ? "a script has no '...': use KEYS and ARGV"
                        : "'...' stands in a function that has none among its parameters");
            case LuaTokenKind.Symbol when token.Text == "{":
                return ParseTable();
            default:
                return ParseSuffixed();
        }
    }

    private static LuaText Text(LuaToken token) => new(token.Text, token.Start, token.End);

    private LuaExpression ParsePrimary()
    {
        if (Current.Kind == LuaTokenKind.Name)
            return new LuaVariable(Take());
        if (!Is("("))
            throw Unexpected(Is("~=") || Is("==") || Is("=") ? "has nothing to its left" : null);

        var opening = Take();
        var inner = ParseExpression();
        return new LuaParenthesized(inner, opening.Start, ExpectClosing(")", opening).End);
    }

    private LuaExpression ParseSuffixed()
    {
        var expression = ParsePrimary();
        for (int suffixes = 0; ; suffixes++)
        {
            if (suffixes > MostLevels)
                throw Unexpected("makes the chain of calls and fields too long");

            var token = Current;
            if (TryTake("."))
            {
                var name = ExpectName();
                expression = new LuaIndex(expression, new LuaText(name.Text, name.Start, name.End), name.End);
            }
            else if (TryTake("["))
            {
                var key = ParseExpression();
                expression = new LuaIndex(expression, key, ExpectClosing("]", token).End);
            }
            else if (TryTake(":"))
            {
                var method = new LuaIdentifier(ExpectName());
                if (!Is("(") && !Is("{") && Current.Kind != LuaTokenKind.String)
                    throw Unexpected($"stands where the arguments of '{method.Name}' are expected");
                expression = ParseArguments(expression, method);
            }
            else if (Is("(") || Is("{") || token.Kind == LuaTokenKind.String)
            {
                expression = ParseArguments(expression, method: null);
            }
            else
            {
                return expression;
            }
        }
    }

    private LuaCall ParseArguments(LuaExpression function, LuaIdentifier? method)
    {
        var opening = Current;
        if (opening.Kind == LuaTokenKind.String)
        {
            Take();
            return new LuaCall(function, method, [Text(opening)], opening.End);
        }

        if (Is("{"))
        {
            var table = ParseTable();
            return new LuaCall(function, method, [table], table.End);
        }

        if (opening.Line != Previous.Line)
            throw new LuaSyntaxException(opening.Start, opening.End, "Lua 5.1 cannot tell whether '(' on a line of its own goes on with the call or begins a statement: put it on the line before, or ';' between them");
        Take();
        var arguments = Is(")") ? [] : ParseExpressions();
        return new LuaCall(function, method, arguments, ExpectClosing(")", opening).End);
    }

    private LuaTable ParseTable()
    {
        var opening = Take();
        var items = new List<(LuaExpression?, LuaExpression)>();
        while (!Is("}"))
        {
            if (Is("["))
            {
                var bracket = Take();
                var key = ParseExpression();
                ExpectClosing("]", bracket);
                Expect("=");
                items.Add((key, ParseExpression()));
            }
            else if (Current.Kind == LuaTokenKind.Name && _tokens[_next + 1] is { Kind: LuaTokenKind.Symbol, Text: "=" })
            {
                var name = Take();
                Take();
                items.Add((new LuaText(name.Text, name.Start, name.End), ParseExpression()));
            }
            else
            {
                items.Add((null, ParseExpression()));
            }

            if (!TryTake(",") && !TryTake(";"))
                break;
        }

        return new LuaTable(items, opening.Start, ExpectClosing("}", opening).End);
    }

    private LuaFunction ParseFunction(LuaToken keyword, bool isMethod)
    {
        Expect("(");
        var parameters = new List<LuaIdentifier>();
        bool isVararg = false;
        if (!Is(")"))
        {
            do
            {
                if (Is("..."))
                {
                    Take();
                    isVararg = true;
                    break;
                }

                parameters.Add(new LuaIdentifier(ExpectName()));
            }
            while (TryTake(","));
        }

        Expect(")");
        _functions.Push(new Function(isVararg));
        Declare(parameters.Count + (isMethod ? 1 : 0), keyword);
        var body = ParseBlock();
        _functions.Pop();
        return new LuaFunction(parameters, isVararg, body, keyword.Start, ExpectClosing("end", keyword).End);
    }
}
