using System.Globalization;

namespace TypedRedis.Tests;

/// <summary>Runs a test under cultures whose numbers, dates and letters are unlike the invariant ones.</summary>
internal static class Cultures
{
    public static readonly string[] Names = ["", "tr-TR", "de-DE", "ar-SA"];

    public static void ForEach(Action test)
    {
        CultureInfo culture = CultureInfo.CurrentCulture;
        try
        {
            foreach (string name in Names)
            {
                CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(name);
                test();
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }
}
