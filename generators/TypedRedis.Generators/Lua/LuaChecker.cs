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
internal sealed partial class LuaChecker
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
