namespace TypedRedis;

/// <summary>What errors say of a script and of its arguments.</summary>
/// <param name="name">The script's name.</param>
/// <param name="arguments">The names of its arguments; the last stands for all that follow.</param>
internal sealed class ScriptSchema(string name, params string[] arguments) : ModelSchema(name)
{
    // Never asked for: a script says itself what is wrong with a key.
    internal override string RedisType => "value";

    internal override string FieldName(int field) => arguments[Math.Min(field, arguments.Length - 1)];

    internal override ReadOnlyMemory<byte> FieldBytes(int field) => default;

    internal override string Place(int field, string key) => $"the argument '{FieldName(field)}'{For(key)}";

    /// <summary>Says which key a call is about, where it has one.</summary>
    public static string For(string key) => key.Length == 0 ? "" : $" for '{key}'";
}

/// <summary>What errors say of a script's reply.</summary>
/// <param name="name">The script's name.</param>
internal sealed class ReplySchema(string name) : ModelSchema(name)
{
    /// <summary>The item of the reply that is being read, from 0; -1 for the reply itself.</summary>
    public int Item { get; set; } = -1;

    internal override string RedisType => "value";

    // From 1, as in the script.
    internal override string FieldName(int field) => Item < 0 ? "reply" : $"reply[{Item + 1}]";

    internal override ReadOnlyMemory<byte> FieldBytes(int field) => default;

    internal override string Place(int field, string key) => $"the {FieldName(field)}{ScriptSchema.For(key)}";

    internal override string Missing(int field, string key) => $"the {FieldName(field)}{ScriptSchema.For(key)} is nil. Return a value on every path of the script, or declare the result nullable.";

    internal override string ReadRemedy => "Correct what the script returns, or the type of the method's result.";
}
