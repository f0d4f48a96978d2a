using System.Globalization;
using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Lua;

/// <summary>A parameter of a method as its script sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsKey">Whether it stands in KEYS, and not in ARGV.</param>
/// <param name="IsMany">Whether it is a table of several.</param>
internal readonly record struct LuaParameter(string Name, bool IsKey, bool IsMany);

/// <summary>What is wrong at a place of a script.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Start">The index of the place's first character.</param>
/// <param name="End">The index behind its last one.</param>
/// <param name="Arguments">The arguments of the rule's message behind the member.</param>
internal sealed record LuaFinding(DiagnosticDescriptor Rule, int Start, int End, params string[] Arguments);

/// <summary>
/// Looks for what Redis would refuse when the script runs, or a cluster could not route: names that there are not, commands that scripts cannot call, keys that were
/// not declared. It follows values through locals, tables, loops and local functions, without regard to the order of assignments.
/// </summary>
internal sealed class LuaChecker
{
    private const int MostPasses = 10;

    private readonly string _text;
    private readonly IReadOnlyList<LuaParameter>? _parameters;
    private readonly bool _checksKeys;
    private readonly List<LuaFinding> _findings = [];
    private readonly Dictionary<int, Variable> _variables = [];
    private readonly List<Dictionary<string, Variable>> _scopes = [];
    private readonly HashSet<int> _usedKeys = [];
    private readonly HashSet<int> _usedArguments = [];
    private readonly HashSet<string> _usedNames = new(StringComparer.Ordinal);
    private readonly Dictionary<LuaFunction, Origin> _returns = [];
    private readonly Stack<LuaFunction> _functions = new();
    private bool _usesAllKeys;
    private bool _usesAllArguments;
    private bool _reports;
    private bool _changed;

    private LuaChecker(string text, IReadOnlyList<LuaParameter>? parameters, bool checksKeys)
    {
        _text = text;
        _parameters = parameters;
        _checksKeys = checksKeys;
    }

    // Where a value comes from.
    private enum Origin
    {
        /// <summary>Nothing was seen yet.</summary>
        None,

        /// <summary>A declared key.</summary>
        Key,
        KeyTable,

        /// <summary>An argument.</summary>
        Argument,
        ArgumentTable,

        /// <summary>Written in the script.</summary>
        Literal,

        /// <summary>Put together from texts.</summary>
        Composed,

        EmptyTable,

        /// <summary>The function <c>redis.call</c> or <c>redis.pcall</c>.</summary>
        Call,

        Unknown,
    }

    /// <summary>Checks a script.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="script">The same, parsed.</param>
    /// <param name="parameters">The parameters by which it is called; null where callers bring keys and arguments of their own.</param>
    /// <param name="checksKeys">Whether every key must be declared.</param>
    /// <returns>The findings in the order of the text, and the names of the parameters that are not used.</returns>
    public static (IReadOnlyList<LuaFinding> Findings, IReadOnlyList<string> Unused) Check(string text, LuaBlock script, IReadOnlyList<LuaParameter>? parameters, bool checksKeys)
    {
        var checker = new LuaChecker(text, parameters, checksKeys);
        for (int pass = 0; pass < MostPasses; pass++)
        {
            checker._changed = false;
            checker.Visit(script);
            if (!checker._changed)
                break;
        }

        checker._reports = true;
        checker.Visit(script);
        return (checker._findings.OrderBy(static finding => finding.Start).ToList(), checker.Unused());
    }

    private List<string> Unused()
    {
        var unused = new List<string>();
        int keys = 0, arguments = 0;
        foreach (var parameter in _parameters ?? [])
        {
            int position = parameter.IsKey ? ++keys : ++arguments;
            bool isUsed = _usedNames.Contains(parameter.Name)
                || (parameter.IsKey ? _usesAllKeys || _usedKeys.Contains(position) : _usesAllArguments || _usedArguments.Contains(position))
                || (parameter.IsMany && (parameter.IsKey ? _usedKeys : _usedArguments).Any(used => used >= position));
            if (!isUsed)
                unused.Add(parameter.Name);
        }

        return unused;
    }

    // ---- names

    private Variable Declare(string name, int at, Origin origin)
    {
        if (!_variables.TryGetValue(at, out var variable))
        {
            variable = new Variable();
            _variables.Add(at, variable);
        }

        Join(variable, origin);
        _scopes[_scopes.Count - 1][name] = variable;
        return variable;
    }

    private Variable? Find(string name)
    {
        for (int i = _scopes.Count - 1; i >= 0; i--)
        {
            if (_scopes[i].TryGetValue(name, out var variable))
                return variable;
        }

        return null;
    }

    private bool IsGlobal(LuaExpression expression, string name) => expression is LuaVariable variable && variable.Name == name && Find(name) is null;

    private void Join(Variable variable, Origin origin)
    {
        var joined = Join(variable.Origin, origin);
        _changed |= joined != variable.Origin;
        variable.Origin = joined;
    }

    private static Origin Join(Origin left, Origin right)
    {
        if (left == right || right == Origin.None)
            return left;
        if (left == Origin.None)
            return right;
        if (left == Origin.EmptyTable && right is Origin.KeyTable or Origin.ArgumentTable)
            return right;
        if (right == Origin.EmptyTable && left is Origin.KeyTable or Origin.ArgumentTable)
            return left;
        return Origin.Unknown;
    }

    private static Origin ElementOf(Origin table) => table switch
    {
        Origin.KeyTable => Origin.Key,
        Origin.ArgumentTable => Origin.Argument,
        Origin.None or Origin.EmptyTable => Origin.None,
        _ => Origin.Unknown,
    };

    private static Origin TableOf(Origin element) => element switch
    {
        Origin.Key => Origin.KeyTable,
        Origin.Argument => Origin.ArgumentTable,
        Origin.None => Origin.EmptyTable,
        _ => Origin.Unknown,
    };

    private void Report(DiagnosticDescriptor rule, LuaNode place, params string[] arguments)
    {
        if (_reports)
            _findings.Add(new LuaFinding(rule, place.Start, place.End, arguments));
    }

    private string Quote(LuaNode node)
    {
        string text = string.Join(" ", _text.Substring(node.Start, node.End - node.Start).Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= 40 ? text : text.Substring(0, 40) + "…";
    }

    // ---- statements

    private void Visit(LuaBlock block)
    {
        _scopes.Add(new(StringComparer.Ordinal));
        if (_scopes.Count == 1)
        {
            int at = -1;
            foreach (var parameter in _parameters ?? [])
            {
                var origin = parameter.IsKey ? (parameter.IsMany ? Origin.KeyTable : Origin.Key) : parameter.IsMany ? Origin.ArgumentTable : Origin.Argument;
                Declare(parameter.Name, at--, origin).Parameter = parameter.Name;
            }
        }

        foreach (var statement in block.Statements)
            Visit(statement);
        _scopes.RemoveAt(_scopes.Count - 1);
    }

    private void Visit(LuaStatement statement)
    {
        switch (statement)
        {
            case LuaLocal local:
                VisitLocal(local);
                break;
            case LuaAssignment assignment:
                var origins = VisitAll(assignment.Values, assignment.Targets.Count);
                for (int i = 0; i < assignment.Targets.Count; i++)
                    Assign(assignment.Targets[i], origins[i]);
                break;
            case LuaCallStatement call:
                Visit(call.Call);
                break;
            case LuaDo block:
                Visit(block.Body);
                break;
            case LuaLoop { IsRepeat: true } loop:
                // The condition sees the body's locals.
                _scopes.Add(new(StringComparer.Ordinal));
                foreach (var inner in loop.Body.Statements)
                    Visit(inner);
                Visit(loop.Condition);
                _scopes.RemoveAt(_scopes.Count - 1);
                break;
            case LuaLoop loop:
                Visit(loop.Condition);
                Visit(loop.Body);
                break;
            case LuaIf branches:
                foreach (var (condition, body) in branches.Branches)
                {
                    if (condition is not null)
                        Visit(condition);
                    Visit(body);
                }

                break;
            case LuaFor loop:
                VisitFor(loop);
                break;
            case LuaFunctionStatement function:
                VisitFunctionStatement(function);
                break;
            case LuaReturn values:
                var returned = Origin.None;
                foreach (var value in values.Values)
                    returned = Join(returned, Visit(value));
                if (_functions.Count > 0)
                {
                    var before = _returns.TryGetValue(_functions.Peek(), out var known) ? known : Origin.None;
                    _returns[_functions.Peek()] = Join(before, values.Values.Count == 1 ? returned : Origin.Unknown);
                    _changed |= _returns[_functions.Peek()] != before;
                }

                break;
        }
    }

    private void VisitLocal(LuaLocal local)
    {
        var origins = VisitAll(local.Values, local.Names.Count, keepsFunctions: true);
        for (int i = 0; i < local.Names.Count; i++)
        {
            var variable = Declare(local.Names[i].Name, local.Names[i].Start, origins[i]);
            if (i < local.Values.Count && local.Values[i] is LuaFunction function)
                variable.Function = function;
        }
    }

    private void VisitFor(LuaFor loop)
    {
        var element = Origin.Unknown;
        if (!loop.IsNumeric && loop.Values[0] is LuaCall { Arguments.Count: > 0 } call && (IsGlobal(call.Function, "ipairs") || IsGlobal(call.Function, "pairs")))
            element = ElementOf(Visit(call.Arguments[0]));
        else
            VisitAll(loop.Values, 1);

        _scopes.Add(new(StringComparer.Ordinal));
        for (int i = 0; i < loop.Names.Count; i++)
            Declare(loop.Names[i].Name, loop.Names[i].Start, i == 1 ? element : Origin.Unknown);
        Visit(loop.Body);
        _scopes.RemoveAt(_scopes.Count - 1);
    }

    private void VisitFunctionStatement(LuaFunctionStatement statement)
    {
        if (statement is { IsLocal: true, Target: LuaVariable name })
            Declare(name.Name, name.Start, Origin.Unknown).Function = statement.Function;
        else if (statement.Target is LuaVariable target && Find(target.Name) is null)
            Report(Rules.LuaName, target, target.Name, "it would make a global, which Redis refuses: write 'local function'");
        else
            Assign(statement.Target, Origin.Unknown);

        Visit(statement.Function, hasSelf: statement.IsMethod);
    }

    private void Assign(LuaExpression target, Origin origin)
    {
        switch (target)
        {
            case LuaVariable name:
                if (Find(name.Name) is { } variable)
                {
                    Join(variable, origin);
                    variable.Function = null;
                }
                else
                {
                    Report(Rules.LuaName, name, name.Name, LuaGlobals.Exists(name.Name)
                        ? "it cannot be changed: give the local another name"
                        : Names.Nearest(name.Name, VisibleNames()) is { } nearest ? $"it would make a global, which Redis refuses: did you mean '{nearest}', or 'local {name.Name}'?"
                        : $"it would make a global, which Redis refuses: write 'local {name.Name}'");
                }

                break;
            case LuaIndex { Table: LuaVariable name } index when Find(name.Name) is { } table:
                Visit(index.Key);
                Join(table, TableOf(origin));
                break;
            case LuaIndex index:
                Visit(index.Table);
                Visit(index.Key);
                break;
        }
    }

    private IEnumerable<string> VisibleNames() => _scopes.SelectMany(static scope => scope.Keys);

    // As many origins as there are places for the values. What a last call gives besides its first value is not followed.
    private Origin[] VisitAll(IReadOnlyList<LuaExpression> values, int places, bool keepsFunctions = false)
    {
        var origins = new Origin[Math.Max(values.Count, places)];
        for (int i = 0; i < values.Count; i++)
        {
            if (keepsFunctions && i < places && values[i] is LuaFunction function)
            {
                Visit(function, hasSelf: false);
                origins[i] = Origin.Unknown;
            }
            else
            {
                origins[i] = Visit(values[i]);
            }
        }

        for (int i = values.Count; i < origins.Length; i++)
            origins[i] = values.Count > 0 && values[values.Count - 1] is LuaCall or LuaVarargs ? Origin.Unknown : Origin.None;
        if (values.Count > 0 && values.Count < places && IsUnpack(values[values.Count - 1]))
        {
            for (int i = values.Count; i < origins.Length; i++)
                origins[i] = origins[values.Count - 1];
        }

        return origins;
    }

    // ---- expressions

    private Origin Visit(LuaExpression expression)
    {
        switch (expression)
        {
            case LuaText:
                return Origin.Literal;
            case LuaConstant { Token.Text: "nil" or "false" }:
                return Origin.None;
            case LuaConstant constant:
                return constant.Token.Kind == LuaTokenKind.Number ? Origin.Literal : Origin.Unknown;
            case LuaVariable variable:
                return Visit(variable);
            case LuaIndex index:
                return Visit(index);
            case LuaCall call:
                return Visit(call);
            case LuaParenthesized parenthesized:
                return Visit(parenthesized.Inner);
            case LuaFunction function:
                // Who calls it with what is not seen.
                foreach (var parameter in function.Parameters)
                    Escape(parameter);
                Visit(function, hasSelf: false);
                return Origin.Unknown;
            case LuaTable table:
                return Visit(table);
            case LuaUnary unary:
                Visit(unary.Operand);
                return Origin.Unknown;
            case LuaOperation operation:
                return Visit(operation);
            default:
                return Origin.Unknown;
        }
    }

    private Origin Visit(LuaVariable name)
    {
        if (Find(name.Name) is { } variable)
        {
            if (variable.Parameter is not null)
                _usedNames.Add(variable.Parameter);

            // A function that is passed on may be called with anything.
            foreach (var parameter in variable.Function?.Parameters ?? [])
                Escape(parameter);
            return variable.Origin;
        }

        switch (name.Name)
        {
            case "KEYS":
                _usesAllKeys = true;
                return Origin.KeyTable;
            case "ARGV":
                _usesAllArguments = true;
                return Origin.ArgumentTable;
        }

        if (!LuaGlobals.Exists(name.Name))
        {
            string? remedy = LuaGlobals.Remedy(name.Name);
            Report(Rules.LuaName, name, name.Name, remedy is not null ? $"Redis has no such global: {remedy}"
                : Names.Nearest(name.Name, VisibleNames().Concat(LuaGlobals.Names)) is { } nearest ? $"there is no such name here: did you mean '{nearest}'?"
                : "there is no such name here: declare it with 'local', or make it a parameter of the method");
        }

        return Origin.Unknown;
    }

    private Origin Visit(LuaIndex index)
    {
        bool isKeys = IsGlobal(index.Table, "KEYS");
        if (isKeys || IsGlobal(index.Table, "ARGV"))
        {
            if (index.Key is LuaConstant { Integer: { } position })
            {
                (isKeys ? _usedKeys : _usedArguments).Add(position);
                CheckPosition(index, isKeys, position);
            }
            else
            {
                Visit(index.Key);
                if (isKeys)
                    _usesAllKeys = true;
                else
                    _usesAllArguments = true;
            }

            return isKeys ? Origin.Key : Origin.Argument;
        }

        if (index.Table is LuaVariable library && Find(library.Name) is null && LuaGlobals.MembersOf(library.Name) is { } members && index.Key is LuaText member)
        {
            if (Array.IndexOf(members, member.Value) < 0)
            {
                string name = $"{library.Name}.{member.Value}";
                Report(Rules.LuaName, member, name, LuaGlobals.Remedy(name) is { } remedy ? $"there is no such function: {remedy}"
                    : Names.Nearest(member.Value, members) is { } nearest ? $"there is no such function: did you mean '{library.Name}.{nearest}'?"
                    : $"the library has {string.Join(", ", members)}");
            }

            return library.Name == "redis" && member.Value is "call" or "pcall" ? Origin.Call : Origin.Unknown;
        }

        var table = Visit(index.Table);
        Visit(index.Key);
        return ElementOf(table);
    }

    private void CheckPosition(LuaIndex index, bool isKeys, int position)
    {
        string table = isKeys ? "KEYS" : "ARGV", what = isKeys ? "key" : "argument";
        if (position == 0)
        {
            Report(Rules.LuaPosition, index, $"'{Quote(index)}'", $"tables begin at 1 in Lua: write {table}[1]");
            return;
        }

        if (_parameters is null)
            return;

        var passed = _parameters.Where(parameter => parameter.IsKey == isKeys).ToList();
        if (position <= passed.Count || passed.Any(static parameter => parameter.IsMany))
            return;

        string count = passed.Count.ToString(CultureInfo.InvariantCulture);
        Report(Rules.LuaPosition, index, $"'{Quote(index)}'", passed.Count == 0
            ? $"the method passes no {what}: {(isKeys ? "give it a parameter with [LuaKey]" : "give it a parameter")}"
            : $"the method passes {count} {what}{(passed.Count == 1 ? "" : "s")}, so that it is nil: give it another parameter{(isKeys ? " with [LuaKey]" : "")}");
    }

    private Origin Visit(LuaTable table)
    {
        var elements = Origin.None;
        foreach (var (key, value) in table.Items)
        {
            if (key is not null)
                Visit(key);
            elements = Join(elements, Visit(value));
        }

        return table.Items.Count == 0 ? Origin.EmptyTable : TableOf(elements);
    }

    private Origin Visit(LuaOperation operation)
    {
        var result = Visit(operation.Operands[0]);
        for (int i = 0; i < operation.Operators.Count; i++)
        {
            var operand = Visit(operation.Operands[i + 1]);
            result = operation.Operators[i] switch
            {
                "and" => operand,
                "or" => Join(result, operand),
                ".." => Origin.Composed,
                _ => Origin.Unknown,
            };
        }

        return result;
    }

    private void Visit(LuaFunction function, bool hasSelf)
    {
        _functions.Push(function);
        _scopes.Add(new(StringComparer.Ordinal));
        if (hasSelf)
            Declare("self", function.Start, Origin.Unknown);
        foreach (var parameter in function.Parameters)
            Declare(parameter.Name, parameter.Start, Origin.None);
        Visit(function.Body);
        _scopes.RemoveAt(_scopes.Count - 1);
        _functions.Pop();
    }

    private void Escape(LuaIdentifier parameter)
    {
        if (!_variables.TryGetValue(parameter.Start, out var variable))
        {
            variable = new Variable();
            _variables.Add(parameter.Start, variable);
        }

        Join(variable, Origin.Unknown);
    }

    private bool IsUnpack(LuaExpression expression) => expression is LuaCall { Arguments.Count: > 0 } call && IsGlobal(call.Function, "unpack");

    private Origin Visit(LuaCall call)
    {
        if (call.Function is LuaVariable name && Find(name.Name) is { Function: { } function })
        {
            for (int i = 0; i < call.Arguments.Count; i++)
            {
                var origin = Visit(call.Arguments[i]);
                if (i < function.Parameters.Count && _variables.TryGetValue(function.Parameters[i].Start, out var parameter))
                    Join(parameter, origin);
            }

            // What is spread over the rest of the parameters comes from one table.
            if (call.Arguments.Count > 0 && call.Arguments[call.Arguments.Count - 1] is LuaCall or LuaVarargs)
            {
                foreach (var rest in function.Parameters.Skip(call.Arguments.Count))
                    Escape(rest);
            }

            return _returns.TryGetValue(function, out var returned) ? returned : Origin.None;
        }

        var callee = Visit(call.Function);
        var origins = call.Arguments.Select(Visit).ToArray();
        if (callee == Origin.Call && call.Method is null)
        {
            CheckCommand(call, origins);
            return Origin.Unknown;
        }

        return ResultOf(call, origins);
    }

    // What the functions of the language make of their arguments.
    private Origin ResultOf(LuaCall call, Origin[] origins)
    {
        if (call.Method is not null)
            return Origin.Unknown;

        switch (call.Function)
        {
            case LuaVariable { Name: var name } when origins.Length > 0 && Find(name) is null:
                return name switch
                {
                    "unpack" => ElementOf(origins[0]),
                    "tostring" or "assert" => origins[0],
                    _ => Origin.Unknown,
                };
            case LuaIndex { Table: LuaVariable { Name: "table" }, Key: LuaText { Value: var member } } when origins.Length > 0 && Find("table") is null:
                if (member == "insert" && call.Arguments[0] is LuaVariable list && Find(list.Name) is { } variable)
                    Join(variable, TableOf(origins[origins.Length - 1]));
                return member switch
                {
                    "concat" => Origin.Composed,
                    "remove" => ElementOf(origins[0]),
                    _ => Origin.Unknown,
                };
            case LuaIndex { Table: LuaVariable { Name: "string" }, Key: LuaText { Value: "format" or "gsub" or "sub" or "rep" or "lower" or "upper" or "reverse" } } when Find("string") is null:
                return Origin.Composed;
            default:
                return Origin.Unknown;
        }
    }

    // ---- commands

    private void CheckCommand(LuaCall call, Origin[] origins)
    {
        var arguments = call.Arguments;
        if (arguments.Count == 0)
        {
            Report(Rules.LuaCommand, call, "nothing", "give the command as the first argument, as in redis.call('GET', key)");
            return;
        }

        if (arguments[0] is not LuaText { Value: var name })
        {
            if (_checksKeys && !IsUnpack(arguments[0]))
                Report(Rules.LuaUnfollowedKey, arguments[0], $"the command '{Quote(arguments[0])}' with its keys", "write the command as a text, or say AllowUndeclaredKeys = true");
            return;
        }

        if (RedisCommand.Refusal(name) is { } reason)
        {
            Report(Rules.LuaCommand, arguments[0], name.ToUpperInvariant(), reason);
            return;
        }

        if (RedisCommand.Find(name) is not { } command)
        {
            // Those of modules have a point in their names.
            if (name.IndexOf('.') < 0)
                Report(Rules.LuaUnknownCommand, arguments[0], name, Names.Nearest(name, RedisCommand.Names) is { } nearest ? $"did you mean '{nearest}'?" : "correct its name; if it is newer than this check, switch the rule off");
            return;
        }

        bool isOpen = arguments[arguments.Count - 1] is LuaCall or LuaVarargs && !GivesOneValue(arguments[arguments.Count - 1]);
        CheckArity(call, command, isOpen);
        if (command.Name is "XREAD" or "XREADGROUP")
            CheckStreams(command, arguments, origins, isOpen);
        else if (_checksKeys)
            CheckKeys(command, arguments, origins, isOpen);
    }

    private void CheckArity(LuaCall call, RedisCommand command, bool isOpen)
    {
        int words = call.Arguments.Count;
        bool isShort = !isOpen && words < Math.Abs(command.Arity);
        bool isLong = command.Arity > 0 && (isOpen ? words - 1 : words) > command.Arity;
        if (!isShort && !isLong)
            return;

        int expected = Math.Abs(command.Arity) - 1;
        string count = expected.ToString(CultureInfo.InvariantCulture) + (expected == 1 ? " argument" : " arguments");
        Report(Rules.LuaCommand, call.Arguments[0], $"{command.Name} with {(words - 1).ToString(CultureInfo.InvariantCulture)}", $"it takes {(command.Arity > 0 ? "" : "at least ")}{count}");
    }

    private void CheckKeys(RedisCommand command, IReadOnlyList<LuaExpression> arguments, Origin[] origins, bool isOpen)
    {
        int last = arguments.Count - 1;
        if (command.First > 0)
        {
            int end = command.Last < 0 ? last + 1 + command.Last : Math.Min(command.Last, last);

            // Of what a table is spread into, only where all are keys is it known which of them are.
            for (int i = command.First; i <= end; i += command.Step)
                CheckKey(command, arguments[i], origins[i], isSpread: isOpen && i == last);
            if (command.Name.StartsWith("GEORADIUS", StringComparison.Ordinal) || command.Name == "SORT")
                CheckStore(command, arguments, origins);
        }

        if (command.CountAt > 0 && command.CountAt + 1 <= last)
        {
            int first = command.CountAt + 1;
            int count = arguments[command.CountAt] is LuaConstant { Integer: { } number } ? number : 1;
            for (int i = first; i < first + count && i <= last; i++)
                CheckKey(command, arguments[i], origins[i], isSpread: isOpen && i == last);
        }
    }

    // … STORE key
    private void CheckStore(RedisCommand command, IReadOnlyList<LuaExpression> arguments, Origin[] origins)
    {
        for (int i = 2; i + 1 < arguments.Count; i++)
        {
            if (arguments[i] is LuaText { Value: var option } && (Is(option, "STORE") || Is(option, "STOREDIST")))
                CheckKey(command, arguments[i + 1], origins[i + 1], isSpread: false);
        }
    }

    // … STREAMS key key … id id …
    private void CheckStreams(RedisCommand command, IReadOnlyList<LuaExpression> arguments, Origin[] origins, bool isOpen)
    {
        for (int i = 1; i < arguments.Count; i++)
        {
            if (arguments[i] is not LuaText { Value: var option })
                continue;
            if (Is(option, "BLOCK"))
                Report(Rules.LuaCommand, arguments[i], $"{command.Name} with BLOCK", RedisCommand.BlockingOption);
            if (!Is(option, "STREAMS"))
                continue;

            int rest = arguments.Count - 1 - i;
            for (int key = i + 1; _checksKeys && !isOpen && key <= i + (rest / 2); key++)
                CheckKey(command, arguments[key], origins[key], isSpread: false);
            return;
        }
    }

    private static bool Is(string option, string name) => option.Equals(name, StringComparison.OrdinalIgnoreCase);

    private void CheckKey(RedisCommand command, LuaExpression expression, Origin origin, bool isSpread)
    {
        const string Remedy = "pass it to the method as a key: a parameter that is a typed key or has [LuaKey]";
        switch (origin)
        {
            case Origin.Key or Origin.None:
                break;
            case Origin.Literal when !isSpread:
                Report(Rules.LuaUndeclaredKey, expression, $"the text {Quote(expression)}", Remedy);
                break;
            case Origin.Argument:
                Report(Rules.LuaUndeclaredKey, expression, $"the argument '{Quote(expression)}'", "mark its parameter with [LuaKey]");
                break;
            case Origin.Composed when !isSpread:
                Report(Rules.LuaUndeclaredKey, expression, $"'{Quote(expression)}', which it puts together,", Remedy);
                break;
            default:
                Report(Rules.LuaUnfollowedKey, expression, $"'{Quote(expression)}' as a key of {command.Name}", "take it from KEYS or a key's parameter, or say AllowUndeclaredKeys = true");
                break;
        }
    }

    private bool GivesOneValue(LuaExpression expression)
    {
        if (expression is not LuaCall { Method: null } call)
            return false;
        return call.Function switch
        {
            LuaVariable { Name: "tostring" or "tonumber" or "type" } name => Find(name.Name) is null,
            LuaIndex { Table: LuaVariable { Name: "redis" or "math" or "cjson" or "cmsgpack" or "bit" } library } => Find(library.Name) is null,
            LuaIndex { Table: LuaVariable { Name: "string" or "table" } library, Key: LuaText { Value: "format" or "sub" or "rep" or "lower" or "upper" or "concat" or "len" } } => Find(library.Name) is null,
            _ => false,
        };
    }

    /// <summary>A local, a parameter of a function, or one of the method.</summary>
    private sealed class Variable
    {
        public Origin Origin { get; set; }

        /// <summary>The function that it was declared with and has always been.</summary>
        public LuaFunction? Function { get; set; }

        /// <summary>The method's parameter that it is.</summary>
        public string? Parameter { get; set; }
    }
}
