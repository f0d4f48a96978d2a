using System.Text;
using TypedRedis.Generators.Diagnostics;

namespace TypedRedis.Generators.Lua;

/// <summary>A <c>.lua</c> file of the project.</summary>
internal sealed record LuaFile(string Path, string Text);

/// <summary>A script with the files that it includes, put together, and where each part of it comes from.</summary>
internal sealed class LuaSource
{
    private const string Include = "--#include";

    private readonly StringBuilder _text = new();
    private readonly List<(int Start, string? Path, int Offset)> _parts = [];
    private readonly List<LuaFinding> _findings = [];
    private readonly IReadOnlyList<LuaFile> _files;
    private readonly string _projectFolder;

    private LuaSource(IReadOnlyList<LuaFile> files, string projectFolder)
    {
        _files = files;
        _projectFolder = projectFolder;
    }

    /// <summary>The text as it was written.</summary>
    public string Text => _text.ToString();

    /// <summary>What is wrong with the includes.</summary>
    public IReadOnlyList<LuaFinding> Findings => _findings;

    /// <summary>A script that stands in a source file.</summary>
    public static LuaSource OfLiteral(string text, string sourceFile, IReadOnlyList<LuaFile> files, string projectFolder)
    {
        var source = new LuaSource(files, projectFolder);
        source.Append(text, path: null, FolderOf(sourceFile), []);
        return source;
    }

    /// <summary>A script in a file, or null where there is no such file.</summary>
    public static LuaSource? OfFile(string name, string sourceFile, IReadOnlyList<LuaFile> files, string projectFolder)
    {
        var source = new LuaSource(files, projectFolder);
        if (source.Find(name, FolderOf(sourceFile)) is not { } file)
            return null;

        source.Append(file.Text, file.Path, FolderOf(file.Path), [file.Path]);
        return source;
    }

    /// <summary>The file that a place of the text comes from, null for the source file itself, and the place there. A place ends where its part ends.</summary>
    public (string? Path, int Start, int End) Locate(int start, int end)
    {
        int part = _parts.Count - 1;
        while (part > 0 && _parts[part].Start > start)
            part--;
        var (partStart, path, offset) = _parts[part];
        int limit = part + 1 < _parts.Count ? _parts[part + 1].Start : _text.Length;
        return (path, start - partStart + offset, Math.Max(start, Math.Min(end, limit)) - partStart + offset);
    }

    private void Append(string text, string? path, string folder, string[] including)
    {
        _parts.Add((_text.Length, path, 0));
        int line = 0;
        while (line < text.Length)
        {
            int next = text.IndexOf('\n', line) + 1;
            if (next == 0)
                next = text.Length;
            int start = _text.Length;
            _text.Append(text, line, next - line);
            if (string.CompareOrdinal(text, line, Include, 0, Include.Length) == 0)
            {
                AppendIncluded(text.Substring(line, next - line), start, folder, including);
                _parts.Add((_text.Length, path, next));
            }

            line = next;
        }
    }

    private void AppendIncluded(string line, int start, string folder, string[] including)
    {
        int open = line.IndexOf('"') + 1, close = open == 0 ? -1 : line.IndexOf('"', open);
        if (close < 0)
        {
            _findings.Add(new LuaFinding(Rules.LuaFile, start, start + line.TrimEnd().Length, "(none)", "an include names a file: --#include \"other.lua\""));
            return;
        }

        string name = line.Substring(open, close - open);
        void Refuse(string why) => _findings.Add(new LuaFinding(Rules.LuaFile, start + open, start + Math.Max(close, open + 1), name, why));
        if (Find(name, folder) is not { } file)
        {
            Refuse(WhyAbsent(name, folder, _files));
        }
        else if (Array.IndexOf(including, file.Path) >= 0)
        {
            Refuse("it includes itself, by itself or through others: put what both need in a third file");
        }
        else
        {
            if (_text.Length > 0 && _text[_text.Length - 1] != '\n')
                _text.Append('\n');
            Append(file.Text, file.Path, FolderOf(file.Path), [.. including, file.Path]);
            if (file.Text.Length > 0 && file.Text[file.Text.Length - 1] != '\n')
                _text.Append('\n');
        }
    }

    /// <summary>Why a file is not found.</summary>
    public static string WhyAbsent(string name, string folder, IReadOnlyList<LuaFile> files)
    {
        string fileName = name.Substring(name.LastIndexOfAny(['/', '\\']) + 1);
        var others = files.Where(file => string.Equals(file.Path.Substring(file.Path.LastIndexOfAny(['/', '\\']) + 1), fileName, StringComparison.OrdinalIgnoreCase)).Select(static file => file.Path).ToList();
        return name.Length == 0 ? "its name is empty"
            : others.Count > 0 ? $"it is not in the folder of the source file nor in the project's, but there is '{others[0]}': write the path from there"
            : !name.EndsWith(".lua", StringComparison.OrdinalIgnoreCase) ? "a script's file ends with '.lua'"
            : $"there is no such file{(folder.Length == 0 ? "" : $" in '{folder}'")} nor in the project's folder: write the path from one of them, and see that the project has the file among its AdditionalFiles";
    }

    private LuaFile? Find(string name, string folder)
        => name.Length == 0 ? null : FindAt(Combine(folder, name)) ?? FindAt(Combine(_projectFolder, name));

    // Systems that tell files apart by the case of their names have the exact one.
    private LuaFile? FindAt(string path)
        => _files.FirstOrDefault(file => Combine("", file.Path) == path)
            ?? (path.Length > 1 && path[1] == ':' ? _files.FirstOrDefault(file => Combine("", file.Path).Equals(path, StringComparison.OrdinalIgnoreCase)) : null);

    public static string FolderOf(string path) => path.Substring(0, Math.Max(path.LastIndexOfAny(['/', '\\']), 0));

    // The path with forward slashes, and without steps up and down that cancel each other.
    private static string Combine(string folder, string name)
    {
        bool isRooted = name.StartsWith("/", StringComparison.Ordinal) || name.StartsWith("\\", StringComparison.Ordinal) || (name.Length > 1 && name[1] == ':');
        var steps = new List<string>();
        string path = (isRooted || folder.Length == 0 ? name : $"{folder}/{name}").Replace('\\', '/');
        foreach (string step in path.Split('/'))
        {
            if (step == ".." && steps.Count > 0 && steps[steps.Count - 1] is not (".." or ""))
                steps.RemoveAt(steps.Count - 1);
            else if (step != "." && (step.Length > 0 || steps.Count == 0))
                steps.Add(step);
        }

        return string.Join("/", steps);
    }
}
