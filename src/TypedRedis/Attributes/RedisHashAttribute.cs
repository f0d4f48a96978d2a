namespace TypedRedis;

/// <summary>
/// Stores the model as a Redis hash, one field per member. The generator emits <c>{Model}Key</c>, <c>{Model}Hash</c> (the mapper),
/// <c>{Model}Patch</c> and <c>{Model}Repository</c> in the model's namespace.
/// </summary>
/// <param name="template">The key template, such as <c>user:{Id}</c> or <c>cart:{#UserId}:items</c>. See the page on keys.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class RedisHashAttribute(string template) : Attribute
{
    /// <summary>The key template.</summary>
    public string Template { get; } = template;

    /// <summary>Replaces the model's name in the names of the emitted types: <c>Name = "Account"</c> gives <c>AccountKey</c>, <c>AccountRepository</c>, …</summary>
    public string? Name { get; set; }

    /// <summary>
    /// The version of the stored form, from 1. It stands in the field <c>_v</c> of every entity; one without the field has version 1. Entities of older versions are brought up to it
    /// by <see cref="Upgrade"/>; those of newer ones are neither read nor overwritten but answered with <see cref="RedisSchemaVersionException"/>. Default: none, so that nothing is looked at.
    /// </summary>
    public int Version { get; set; }

    /// <summary>The type that brings entities of older versions up to <see cref="Version"/>: it implements <see cref="IModelUpgrade{TEntity}"/> for the model. Default: none, they are read as they are.</summary>
    public Type? Upgrade { get; set; }
}
