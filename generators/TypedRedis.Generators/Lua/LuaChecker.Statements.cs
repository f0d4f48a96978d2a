using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Lua;

/// <content>Statements: where values go.</content>
internal sealed partial class LuaChecker
{
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
}
