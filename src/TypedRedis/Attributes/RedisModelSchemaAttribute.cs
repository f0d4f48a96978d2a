using System.ComponentModel;

namespace TypedRedis;

/// <summary>Emitted once per model: its key, fields, encodings and expiry as JSON, for tools that read an assembly's metadata.</summary>
/// <param name="model">The model.</param>
/// <param name="schema">The schema manifest. Its format is described in the documentation of the manifest.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
[EditorBrowsable(EditorBrowsableState.Advanced)]
public sealed class RedisModelSchemaAttribute(Type model, string schema) : Attribute
{
    /// <summary>The model.</summary>
    public Type Model { get; } = model;

    /// <summary>The schema manifest as JSON.</summary>
    public string Schema { get; } = schema;
}
