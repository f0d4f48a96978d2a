namespace TypedRedis;

/// <summary>
/// URIs as they were written by their author; only the path of a file, such as <c>/etc/hosts</c> as an absolute URI, gets its scheme, because by itself it
/// reads back as a relative URI.
/// </summary>
internal static class UriText
{
    public static string Of(Uri value)
    {
        string text = value.OriginalString;
        return value.IsAbsoluteUri && !(text.Length > 0 && char.IsAsciiLetter(text[0])) ? value.AbsoluteUri : text;
    }

    // Some relative URIs look like the beginning of an absolute one that cannot be.
    public static Uri? Parse(string text)
        => Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out Uri? uri) || Uri.TryCreate(text, UriKind.Relative, out uri) ? uri : null;
}
