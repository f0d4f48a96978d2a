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

    public static Uri? Parse(string text)
    {
        try
        {
            // Some relative URIs look like the beginning of an absolute one that cannot be.
            return Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out Uri? uri) || Uri.TryCreate(text, UriKind.Relative, out uri) ? uri : null;
        }
        catch (IndexOutOfRangeException)
        {
            return null;    // System.Uri throws it over some malformed hosts, although it is asked to try.
        }
    }

    /// <summary>Whether the text would be read back as an absolute URI although it is a relative one: <c>C:/a</c>, <c>\\host</c>.</summary>
    public static bool IsAmbiguous(Uri value, string text) => !value.IsAbsoluteUri && Parse(text) is not { IsAbsoluteUri: false };
}
