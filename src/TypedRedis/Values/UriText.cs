namespace TypedRedis;

/// <summary>
/// URIs as they were written by their author. On Unix, .NET reads <c>/path</c> as the file of that name, on Windows as a relative URI; in Redis it is always
/// relative, and a file has its scheme.
/// </summary>
internal static class UriText
{
    public static string Of(Uri value)
        => value.IsAbsoluteUri && !StartsWithLetter(value.OriginalString) ? value.AbsoluteUri : value.OriginalString;

    public static Uri? Parse(string text)
        => Uri.TryCreate(text, StartsWithLetter(text) ? UriKind.RelativeOrAbsolute : UriKind.Relative, out Uri? uri) ? uri : null;

    private static bool StartsWithLetter(string text) => text.Length > 0 && char.IsAsciiLetter(text[0]);
}
