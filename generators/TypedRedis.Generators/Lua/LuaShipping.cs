using System.Globalization;
using System.Text;

namespace TypedRedis.Generators.Lua;

/// <summary>Makes of a script what the server gets: without comments, with every line in its place, and with the method's parameters declared in front of it.</summary>
internal static class LuaShipping
{
    /// <summary>The text for the server. A script with a syntax error, which the analyzer reports, stays as it is.</summary>
    /// <param name="text">The script.</param>
    /// <param name="parameters">The method's parameters.</param>
    /// <param name="nullable">Which of the arguments can be null.</param>
    public static string Ship(string text, IReadOnlyList<LuaParameter> parameters, IReadOnlyList<string> nullable)
    {
        List<LuaToken> tokens;
        List<(int Start, int End)> comments;
        try
        {
            (tokens, comments) = LuaLexer.Read(text);
        }
        catch (LuaSyntaxException)
        {
            return text.Replace("\r\n", "\n");
        }

        var mentioned = new HashSet<string>(tokens.Where(static token => token.Kind == LuaTokenKind.Name).Select(static token => token.Text), StringComparer.Ordinal);
        string declarations = Declare(parameters, nullable, mentioned);
        var shipped = new StringBuilder();
        int position = 0;
        if (text.StartsWith("#!", StringComparison.Ordinal))
        {
            // The first line is not Lua's.
            position = text.IndexOf('\n') + 1;
            if (position == 0)
                position = text.Length;
            shipped.Append(text, 0, position);
        }

        shipped.Append(declarations);
        foreach (var (start, end) in comments)
        {
            shipped.Append(text, position, start - position);
            int lines = text.Substring(start, end - start).Count(static c => c == '\n');
            shipped.Append(lines > 0 ? new string('\n', lines) : " ");
            position = end;
        }

        shipped.Append(text, position, text.Length - position);
        shipped.Replace("\r\n", "\n");
        return TrimLines(shipped.ToString(), tokens);
    }

    // The blanks that comments leave at the ends of lines. Those inside of long strings are text.
    private static string TrimLines(string text, List<LuaToken> tokens)
    {
        bool hasLines = tokens.Any(static token => token.Kind == LuaTokenKind.String && token.Text.Contains('\n'));
        return (hasLines ? text : string.Join("\n", text.Split('\n').Select(static line => line.TrimEnd(' ', '\t')))).TrimEnd('\n');
    }

    private static string Declare(IReadOnlyList<LuaParameter> parameters, IReadOnlyList<string> nullable, HashSet<string> mentioned)
    {
        var names = new List<string>();
        var values = new List<string>();
        var rest = new StringBuilder();
        int keys = 0, arguments = 0;
        foreach (var parameter in parameters.Where(static parameter => !parameter.IsMany))
        {
            int position = parameter.IsKey ? ++keys : ++arguments;
            if (!mentioned.Contains(parameter.Name))
                continue;
            names.Add(parameter.Name);
            values.Add($"{(parameter.IsKey ? "KEYS" : "ARGV")}[{Number(position)}]");
        }

        // Behind the arguments: for each that can be null, whether it is there.
        foreach (string name in nullable)
        {
            arguments++;
            if (mentioned.Contains(name))
                rest.Append($"if ARGV[{Number(arguments)}] == '0' then {name} = nil end ");
        }

        foreach (var parameter in parameters.Where(parameter => parameter.IsMany && mentioned.Contains(parameter.Name)))
        {
            string table = parameter.IsKey ? "KEYS" : "ARGV";
            int before = parameter.IsKey ? keys : arguments;
            rest.Append(before == 0
                ? $"local {parameter.Name} = {table} "
                : $"local {parameter.Name} = {{}} for i = {Number(before + 1)}, #{table} do {parameter.Name}[i - {Number(before)}] = {table}[i] end ");
        }

        return (names.Count == 0 ? "" : $"local {string.Join(", ", names)} = {string.Join(", ", values)} ") + rest;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
