using System.ComponentModel;
using System.Runtime.InteropServices;

namespace TypedRedis.Testing.Processes;

/// <summary>The signals that are sent to a server. Their numbers differ between Linux and the BSD family.</summary>
internal enum PosixSignal
{
    Terminate,
    Kill,
    Stop,
    Continue,
}

internal static partial class PosixSignals
{
    private const int NoSuchProcess = 3; // ESRCH, the same everywhere.

    /// <summary>Sends a signal; false when there is no such process any more.</summary>
    public static bool Send(int processId, PosixSignal signal)
    {
        // kill(0, …) and kill(-1, …) mean "my group" and "everyone".
        ArgumentOutOfRangeException.ThrowIfLessThan(processId, 2);
        if (Kill(processId, Number(signal)) == 0)
            return true;

        var error = Marshal.GetLastPInvokeError();
        return error == NoSuchProcess ? false : throw new Win32Exception(error, $"kill({processId}, {signal}) failed: {Marshal.GetPInvokeErrorMessage(error)}.");
    }

    private static int Number(PosixSignal signal) => signal switch
    {
        PosixSignal.Terminate => 15,
        PosixSignal.Kill => 9,
        PosixSignal.Stop => OperatingSystem.IsLinux() ? 19 : 17,
        PosixSignal.Continue => OperatingSystem.IsLinux() ? 18 : 19,
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, null),
    };

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
