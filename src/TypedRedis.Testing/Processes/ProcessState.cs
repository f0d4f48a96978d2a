using System.Diagnostics;
using System.Globalization;

namespace TypedRedis.Testing.Processes;

/// <summary>What the kernel says about a process that is not our child.</summary>
internal static class ProcessState
{
    /// <summary>Whether every thread of the process is stopped (by SIGSTOP).</summary>
    public static async ValueTask<bool> IsStoppedAsync(int processId, CancellationToken cancellationToken)
        => OperatingSystem.IsLinux() ? IsStoppedOnLinux(processId) : await IsStoppedByPsAsync(processId, cancellationToken).ConfigureAwait(false);

    private static bool IsStoppedOnLinux(int processId)
    {
        try
        {
            foreach (var thread in Directory.EnumerateDirectories($"/proc/{processId}/task"))
            {
                // "pid (name) S …", where the name may itself contain anything.
                var stat = File.ReadAllText(Path.Combine(thread, "stat"));
                if (stat[stat.LastIndexOf(')') + 2] != 'T')
                    return false;
            }

            return true;
        }
        catch (IOException)
        {
            return false; // A thread or the process ended between the two looks.
        }
    }

    private static async Task<bool> IsStoppedByPsAsync(int processId, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("/bin/ps") { RedirectStandardOutput = true };
        foreach (var argument in (ReadOnlySpan<string>)["-o", "state=", "-p", processId.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        using var ps = Process.Start(start)!;
        var state = await ps.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        return state.TrimStart().StartsWith('T');
    }
}
