namespace TypedRedis.Generators.Lua;

/// <summary>A part of a script, from one index of its text up to another.</summary>
internal abstract class LuaNode(int start, int end)
{
    public int Start { get; } = start;

    public int End { get; } = end;
}

/// <summary>A name where a variable, a parameter or a field is declared or meant.</summary>
internal sealed class LuaIdentifier(LuaToken token) : LuaNode(token.Start, token.End)
{
    public string Name { get; } = token.Text;
}

internal abstract class LuaExpression(int start, int end) : LuaNode(start, end);

/// <summary><c>nil</c>, <c>true</c>, <c>false</c>, or a number.</summary>
internal sealed class LuaConstant(LuaToken token) : LuaExpression(token.Start, token.End)
{
    public LuaToken Token { get; } = token;

    /// <summary>The whole number that it is, or null.</summary>
    public int? Integer => Token.Kind == LuaTokenKind.Number && int.TryParse(Token.Text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int value) ? value : null;
}

internal sealed class LuaText(string value, int start, int end) : LuaExpression(start, end)
{
    public string Value { get; } = value;
}

/// <summary><c>...</c></summary>
internal sealed class LuaVarargs(LuaToken token) : LuaExpression(token.Start, token.End);

internal sealed class LuaVariable(LuaToken token) : LuaExpression(token.Start, token.End)
{
    public string Name { get; } = token.Text;
}

/// <summary><c>a.b</c> and <c>a[b]</c>.</summary>
internal sealed class LuaIndex(LuaExpression table, LuaExpression key, int end) : LuaExpression(table.Start, end)
{
    public LuaExpression Table { get; } = table;

    public LuaExpression Key { get; } = key;
}

/// <summary><c>f(…)</c>, <c>f'…'</c>, <c>f{…}</c>, and <c>o:m(…)</c> with a method.</summary>
internal sealed class LuaCall(LuaExpression function, LuaIdentifier? method, IReadOnlyList<LuaExpression> arguments, int end) : LuaExpression(function.Start, end)
{
    public LuaExpression Function { get; } = function;

    public LuaIdentifier? Method { get; } = method;

    public IReadOnlyList<LuaExpression> Arguments { get; } = arguments;
}

internal sealed class LuaFunction(IReadOnlyList<LuaIdentifier> parameters, bool isVararg, LuaBlock body, int start, int end) : LuaExpression(start, end)
{
    public IReadOnlyList<LuaIdentifier> Parameters { get; } = parameters;

    public bool IsVararg { get; } = isVararg;

    public LuaBlock Body { get; } = body;
}

/// <summary><c>{ a, b = c, [d] = e }</c>; an item without a key takes the next number.</summary>
internal sealed class LuaTable(IReadOnlyList<(LuaExpression? Key, LuaExpression Value)> items, int start, int end) : LuaExpression(start, end)
{
    public IReadOnlyList<(LuaExpression? Key, LuaExpression Value)> Items { get; } = items;
}

/// <summary>Operands with operators between them, evaluated from the left.</summary>
internal sealed class LuaOperation(IReadOnlyList<LuaExpression> operands, IReadOnlyList<string> operators) : LuaExpression(operands[0].Start, operands[operands.Count - 1].End)
{
    public IReadOnlyList<LuaExpression> Operands { get; } = operands;

    /// <summary>One fewer than operands.</summary>
    public IReadOnlyList<string> Operators { get; } = operators;
}

internal sealed class LuaUnary(LuaToken token, LuaExpression operand) : LuaExpression(token.Start, operand.End)
{
    public string Operator { get; } = token.Text;

    public LuaExpression Operand { get; } = operand;
}

internal sealed class LuaParenthesized(LuaExpression inner, int start, int end) : LuaExpression(start, end)
{
    public LuaExpression Inner { get; } = inner;
}

internal abstract class LuaStatement(int start, int end) : LuaNode(start, end);

internal sealed class LuaBlock(IReadOnlyList<LuaStatement> statements, int start, int end) : LuaNode(start, end)
{
    public IReadOnlyList<LuaStatement> Statements { get; } = statements;
}

internal sealed class LuaLocal(IReadOnlyList<LuaIdentifier> names, IReadOnlyList<LuaExpression> values, int start, int end) : LuaStatement(start, end)
{
    public IReadOnlyList<LuaIdentifier> Names { get; } = names;

    public IReadOnlyList<LuaExpression> Values { get; } = values;
}

internal sealed class LuaAssignment(IReadOnlyList<LuaExpression> targets, IReadOnlyList<LuaExpression> values, int end) : LuaStatement(targets[0].Start, end)
{
    public IReadOnlyList<LuaExpression> Targets { get; } = targets;

    public IReadOnlyList<LuaExpression> Values { get; } = values;
}

internal sealed class LuaCallStatement(LuaCall call) : LuaStatement(call.Start, call.End)
{
    public LuaCall Call { get; } = call;
}

internal sealed class LuaDo(LuaBlock body, int start, int end) : LuaStatement(start, end)
{
    public LuaBlock Body { get; } = body;
}

/// <summary><c>while</c>, or <c>repeat</c>, whose condition sees the locals of its body.</summary>
internal sealed class LuaLoop(LuaExpression condition, LuaBlock body, bool isRepeat, int start, int end) : LuaStatement(start, end)
{
    public LuaExpression Condition { get; } = condition;

    public LuaBlock Body { get; } = body;

    public bool IsRepeat { get; } = isRepeat;
}

internal sealed class LuaIf(IReadOnlyList<(LuaExpression? Condition, LuaBlock Body)> branches, int start, int end) : LuaStatement(start, end)
{
    /// <summary>The last has no condition where it is <c>else</c>.</summary>
    public IReadOnlyList<(LuaExpression? Condition, LuaBlock Body)> Branches { get; } = branches;
}

/// <summary><c>for i = a, b, c do</c> and <c>for k, v in … do</c>.</summary>
internal sealed class LuaFor(IReadOnlyList<LuaIdentifier> names, IReadOnlyList<LuaExpression> values, bool isNumeric, LuaBlock body, int start, int end) : LuaStatement(start, end)
{
    public IReadOnlyList<LuaIdentifier> Names { get; } = names;

    public IReadOnlyList<LuaExpression> Values { get; } = values;

    public bool IsNumeric { get; } = isNumeric;

    public LuaBlock Body { get; } = body;
}

/// <summary><c>function a.b(…) end</c> and <c>local function f(…) end</c>.</summary>
internal sealed class LuaFunctionStatement(LuaExpression target, bool isLocal, bool isMethod, LuaFunction function, int start) : LuaStatement(start, function.End)
{
    public LuaExpression Target { get; } = target;

    public bool IsLocal { get; } = isLocal;

    /// <summary>Whether there is a parameter <c>self</c> that is not written.</summary>
    public bool IsMethod { get; } = isMethod;

    public LuaFunction Function { get; } = function;
}

internal sealed class LuaReturn(IReadOnlyList<LuaExpression> values, int start, int end) : LuaStatement(start, end)
{
    public IReadOnlyList<LuaExpression> Values { get; } = values;
}

internal sealed class LuaBreak(LuaToken token) : LuaStatement(token.Start, token.End);
