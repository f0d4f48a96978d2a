namespace TypedRedis.Testing.Processes;

/// <summary>Finds programs the way a shell does.</summary>
internal static class Executables
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The server that <c>REDIS_SERVER_PATH</c> names, else <c>redis-server</c>, else <c>valkey-server</c> on PATH.</summary>
    /// <exception cref="RedisServerNotFoundException">There is none; the message says what to install.</exception>
    public static string FindServer(Func<string, string?> environment)
    {
        if (environment(RedisServer.PathVariable) is { Length: > 0 } named)
        {
            return IsExecutable(named)
                ? Path.GetFullPath(named)
                : throw new RedisServerNotFoundException(
                    $"{RedisServer.PathVariable} is '{named}', which is not an executable file. Set it to the path of redis-server or valkey-server, or unset it to search PATH.");
        }

        var path = environment("PATH");
        return Find("redis-server", path) ?? Find("valkey-server", path) ?? throw new RedisServerNotFoundException(
            $"""
            Neither redis-server nor valkey-server is on PATH. Install one of them:
              Debian, Ubuntu   sudo apt-get install redis-server
              Fedora           sudo dnf install valkey
              macOS            brew install redis
            or set {RedisServer.PathVariable} to the path of its executable.
            """);
    }

    /// <summary>The full path of a program, or null when <paramref name="path"/> (in the form of the PATH variable) has no such program.</summary>
    public static string? Find(string name, string? path)
    {
        foreach (var directory in (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var candidate = Path.GetFullPath(Path.Combine(directory, name));
            if (IsExecutable(candidate))
                return candidate;
        }

        return null;
    }

    private static bool IsExecutable(string file)
        => File.Exists(file) && !OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & AnyExecute) != 0;
}
