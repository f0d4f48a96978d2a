using System.ComponentModel;

namespace TypedRedis;

/// <summary>
/// Brings stored entities of older versions of a model up to date. Named by <see cref="RedisHashAttribute.Upgrade"/>. An entity is upgraded in memory wherever it is read, and
/// in Redis before it is changed, so that a write never mixes two versions.
/// </summary>
/// <typeparam name="TEntity">The model.</typeparam>
public interface IModelUpgrade<TEntity>
    where TEntity : class
{
    /// <summary>
    /// Brings fields from one version to the next, <paramref name="fromVersion"/> + 1. Called once per step, so that a step is written once and stays as it is: an entity of
    /// version 1 of a model of version 3 takes the steps from 1 and from 2. Must have no effect but that on <paramref name="fields"/>, and the same for the same fields:
    /// it runs at every read until the entity is written, and again where others have changed the entity meanwhile.
    /// </summary>
    /// <param name="fields">The stored fields, those that the model does not know included. Fields that were renamed with <see cref="RedisFieldAttribute.FormerNames"/> have their present names.</param>
    /// <param name="fromVersion">The version that they have; an entity that was written before the model declared one has version 1.</param>
    static abstract void Upgrade(ModelFields fields, int fromVersion);
}

/// <summary>Brings fields from a version to the next.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate void ModelUpgrade(ModelFields fields, int fromVersion);

/// <summary>Makes a <see cref="ModelUpgrade"/> of the type that a model names.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ModelUpgrades
{
    /// <summary>Makes it.</summary>
    public static ModelUpgrade By<TEntity, TUpgrade>()
        where TEntity : class
        where TUpgrade : IModelUpgrade<TEntity>
        => static (fields, fromVersion) => TUpgrade.Upgrade(fields, fromVersion);
}
