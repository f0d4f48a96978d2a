using System.Runtime.CompilerServices;

namespace Shop;

internal static class Check
{
    public static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string expression = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new InvalidOperationException($"{expression} is '{actual}', not '{expected}'.");
    }

    public static T NotNull<T>(T? actual, [CallerArgumentExpression(nameof(actual))] string expression = "")
        where T : class
        => actual ?? throw new InvalidOperationException($"{expression} is null.");
}
