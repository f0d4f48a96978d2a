using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TypedRedis.Generators.Emit;

namespace TypedRedis.Generators.Kinds.LuaScript;

/// <summary>Emits the other half of a member with a script.</summary>
internal static class LuaScriptEmitter
{
    public static string Emit(LuaScriptModel model)
    {
        var body = new SourceWriter();
        string holder = $"{model.Name}Lua";
        var scopes = new Stack<SourceWriter.Scope>();
        foreach (string declaration in model.Declarations)
            scopes.Push(body.Block(declaration, after: ""));

        body.Line(SourceFile.GeneratedCode);
        if (model.Shipped is null)
            Throw(body, model);
        else if (model.Method is null)
            body.Line($"{model.Head} => {holder}.Script;");
        else
            Call(body, model, model.Method, holder);
        while (scopes.Count > 0)
            scopes.Pop().Dispose();
        if (model.Shipped is not null)
            Hold(body, model, holder);

        return SourceFile.Compose(Header(model), model.Suppressed, [], model.Namespace, body.ToString(), model.Usings);
    }

    private static IEnumerable<string> Header(LuaScriptModel model)
    {
        yield return $"[LuaScript{(model.Script.File is { } file ? $"(File = {Literals.Text(file)})" : "")}] on {model.FullName}";
        if (model is not { Method: { } method, Shipped: not null })
            yield break;

        yield return $"KEYS    {Names(method.Keys)}";
        yield return $"ARGV    {Names(method.Arguments)}";
    }

    private static string Names(IEnumerable<ScriptParameter> parameters)
    {
        string names = string.Join(", ", parameters.Select(static parameter => parameter.Lua.Name + (parameter.Lua.IsMany ? "…" : parameter.IsNullable ? "?" : "")));
        return names.Length == 0 ? "none" : names;
    }

    // The compiler must not stop here: the analyzer says what is wrong.
    private static void Throw(SourceWriter body, LuaScriptModel model)
    {
        string error = $"throw new SYS::InvalidOperationException({Literals.Text($"{model.FullName} has no script: its declaration has errors.")});";
        body.Line($"{model.Head} {(model.Head.EndsWith(")", StringComparison.Ordinal) || model.Head.Contains(" where ") ? $"=> {error}" : $"{{ get => {error} }}")}");
    }

    private static void Call(SourceWriter body, LuaScriptModel model, ScriptMethod method, string holder)
    {
        var taken = new HashSet<string>(method.Parameters.Select(static parameter => parameter.Name).Concat([method.Redis, method.CancellationToken]), StringComparer.Ordinal);
        string Local(string name)
        {
            while (!taken.Add(name))
                name = "_" + name;
            return name;
        }

        string keys = Local("keys"), values = Local("values"), context = Local("context"), reply = Local("reply");
        var single = method.Keys.Where(static key => !key.Lua.IsMany).ToList();
        var fixedArguments = method.Arguments.Where(static argument => !argument.Lua.IsMany).ToList();
        int count = fixedArguments.Count + fixedArguments.Count(static argument => argument.IsNullable);
        using (body.Block(model.Head, after: ""))
        {
            body.Line(single.Count == 0 ? $"var {keys} = SYS::Array.Empty<SER::RedisKey>();" : $"SER::RedisKey[] {keys} = {{ {string.Join(", ", single.Select(static key => key.Key))} }};");
            foreach (var many in method.Keys.Where(static key => key.Lua.IsMany))
                body.Line($"{keys} = TR::ScriptOperation.Append({keys}, {many.Name});");
            body.Line($"var {context} = {holder}.Operation.Open({method.Redis}, {keys});");
            body.Line(count == 0 ? $"var {values} = SYS::Array.Empty<SER::RedisValue>();" : $"var {values} = new SER::RedisValue[{Number(count)}];");
            int flag = fixedArguments.Count;
            for (int i = 0; i < fixedArguments.Count; i++)
            {
                var argument = fixedArguments[i];
                string write = Write(argument, holder, context, values, Number(i), argument.Name + argument.NullableValue);
                if (!argument.IsNullable)
                {
                    body.Line(write);
                    continue;
                }

                body.Line($"{values}[{Number(i)}] = SER::RedisValue.EmptyString;");
                body.Line($"{values}[{Number(flag)}] = {argument.Name} is null ? 0 : 1;");
                body.Line($"if ({argument.Name} is not null)");
                using (body.Indent())
                    body.Line(write);
                flag++;
            }

            foreach (var many in method.Arguments.Where(static argument => argument.Lua.IsMany))
            {
                string lambda = $"static (context, values, index, value) => {Write(many, holder, "context", "values", "index", "value")}";
                body.Line($"{values} = TR::ScriptOperation.Append({context}, {values}, {many.Name}, {lambda.TrimEnd(';')});");
            }

            string call = $"await {holder}.Operation.EvaluateAsync({method.Redis}, {keys}, {values}, {method.CancellationToken}).ConfigureAwait(false)";
            if (method.Result is null)
            {
                body.Line($"{call};");
            }
            else
            {
                body.Line($"var {reply} = {call};");
                body.Line($"return {method.Result.Replace("$reply", reply)};");
            }
        }
    }

    private static string Write(ScriptParameter argument, string holder, string context, string values, string index, string value)
        => argument.Writer.Length == 0 ? $"{holder}.Operation.Write({values}, {index}, {value});" : $"{context}.{argument.Writer}({values}, {index}, {value});";

    private static void Hold(SourceWriter body, LuaScriptModel model, string holder)
    {
        body.Line();
        body.Line(SourceFile.GeneratedCode);
        using (body.Block($"file static class {holder}", after: ""))
        {
            string name = Literals.Text(model.FullName), sha = Literals.Text(Sha(model.Shipped!));
            body.Line($"public static readonly TR::RedisScript Script = new({name}, {TextLiteral(model.Shipped!)}, {sha});");
            if (model.Method is not { } method)
                return;

            body.Line();
            body.Line($"public static readonly TR::ScriptOperation Operation = new(Script, {List(method.Keys)}, {List(Arguments(method))});");
        }
    }

    // With the flags of what can be null behind those that are single.
    private static IEnumerable<ScriptParameter> Arguments(ScriptMethod method)
        => method.Arguments.Where(static argument => !argument.Lua.IsMany)
            .Concat(method.Arguments.Where(static argument => argument.IsNullable))
            .Concat(method.Arguments.Where(static argument => argument.Lua.IsMany));

    private static string List(IEnumerable<ScriptParameter> parameters)
    {
        string names = string.Join(", ", parameters.Select(static parameter => Literals.Text(parameter.Lua.Name)));
        return names.Length == 0 ? "SYS::Array.Empty<string>()" : $"new[] {{ {names} }}";
    }

    private static string Sha(string text)
    {
#pragma warning disable CA5350 // What Redis calls scripts by.
        using var sha = SHA1.Create();
#pragma warning restore CA5350
        return string.Concat(sha.ComputeHash(Encoding.UTF8.GetBytes(text)).Select(static b => b.ToString("x2", CultureInfo.InvariantCulture)));
    }

    // As it reads, unless a character of it would not be seen or would end a line for C# alone.
    private static string TextLiteral(string text)
    {
        if (text.Any(static c => (c < ' ' && c is not ('\n' or '\t')) || c is '\u007f' or '\u0085' or '\u2028' or '\u2029' || char.IsSurrogate(c)))
            return Literals.Text(text);

        string quotes = "\"\"\"";
        while (text.Contains(quotes))
            quotes += "\"";
        return $"{quotes}\n{text}\n{quotes}";
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
