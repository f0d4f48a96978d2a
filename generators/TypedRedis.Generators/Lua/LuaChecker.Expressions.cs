using System.Globalization;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Lua;

/// <content>Expressions: where values come from.</content>
internal sealed partial class LuaChecker
{
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
}
