using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Tests.Infrastructure;

/// <summary>
/// Sources in which <c>{|TR1001:text|}</c> marks a diagnostic at the text. What is expected and what was found are both written so, the marks sorted, so that a failing test
/// shows where they differ.
/// </summary>
internal static partial class Markup
{
    /// <summary>A source with markup, without it, and as <see cref="Of"/> would write it.</summary>
    public static (string Source, string Expected) Strip(string markup)
    {
        var marks = new List<(int Start, int End, string Id)>();
        var open = new Stack<(int Start, string Id)>();
        var source = new StringBuilder();
        int position = 0;
        foreach (Match match in Mark().Matches(markup))
        {
            source.Append(markup, position, match.Index - position);
            position = match.Index + match.Length;
            if (match.Groups["id"].Success)
            {
                open.Push((source.Length, match.Groups["id"].Value));
            }
            else
            {
                var (start, id) = open.Pop();
                marks.Add((start, source.Length, id));
            }
        }

        source.Append(markup, position, markup.Length - position);
        Assert.Empty(open);
        return (source.ToString(), Of(source.ToString(), marks));
    }

    /// <summary>A source with its diagnostics marked.</summary>
    public static string Of(string source, IEnumerable<Diagnostic> diagnostics)
        => Of(source, diagnostics.Select(static diagnostic => (diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.End, diagnostic.Id)));

    private static string Of(string source, IEnumerable<(int Start, int End, string Id)> marks)
    {
        var result = new StringBuilder(source);
        foreach (var mark in marks.SelectMany(static mark => new[] { (At: mark.End, IsEnd: true, Other: mark.Start, mark.Id), (At: mark.Start, IsEnd: false, Other: mark.End, mark.Id) })
            .OrderByDescending(static mark => mark.At)
            .ThenBy(static mark => mark.IsEnd)
            .ThenByDescending(static mark => mark.Other)
            .ThenByDescending(static mark => mark.Id, StringComparer.Ordinal))
        {
            result.Insert(mark.At, mark.IsEnd ? "|}" : $"{{|{mark.Id}:");
        }

        return result.ToString();
    }

    [GeneratedRegex(@"\{\|(?<id>TR\d{4}):|\|\}")]
    private static partial Regex Mark();
}
