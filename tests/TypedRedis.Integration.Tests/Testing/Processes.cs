using TypedRedis.Testing.Processes;

namespace TypedRedis.Integration.Tests.Testing;

/// <summary>What the kernel says about a process.</summary>
internal static class Processes
{
    /// <summary>Whether the process ends within the time that even a loaded machine needs for it.</summary>
    public static Task<bool> IsGoneAsync(int processId) => Eventually.IsAsync(() => !Exists(processId));

    public static async Task<bool> IsStoppedAsync(int processId) => await ProcessState.IsStoppedAsync(processId, CancellationToken.None);

    public static bool Exists(int processId)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                // "pid (name) S …": a process that has ended but was not yet collected by its parent is in state Z.
                var stat = File.ReadAllText($"/proc/{processId}/stat");
                return stat[stat.LastIndexOf(')') + 2] != 'Z';
            }

            using var process = System.Diagnostics.Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }
}
