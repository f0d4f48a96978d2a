namespace TypedRedis;

/// <summary>What became of a conditional patch.</summary>
public enum PatchResult
{
    /// <summary>The entity had the expected values and was changed.</summary>
    Applied,

    /// <summary>There is no entity.</summary>
    NotFound,

    /// <summary>A member has another value than the expected one. Nothing was changed.</summary>
    ConditionFailed,
}
