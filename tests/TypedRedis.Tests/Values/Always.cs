using FsCheck;
using FsCheck.Fluent;

namespace TypedRedis.Tests;

/// <summary>Checks statements about random values.</summary>
internal static class Always
{
    /// <summary>Holds for 300 values in each culture.</summary>
    public static void Holds<T>(Gen<T> values, Action<T> body)
        => Cultures.ForEach(() => Prop.ForAll(values.ToArbitrary(), body).Check(Config.QuickThrowOnFailure.WithMaxTest(300)));
}
