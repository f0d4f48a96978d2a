using System.Globalization;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Lua;

/// <content>Calls: of functions, and of commands, whose keys must be declared.</content>
internal sealed partial class LuaChecker
{
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
}
