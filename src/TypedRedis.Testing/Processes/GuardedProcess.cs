using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace TypedRedis.Testing.Processes;

/// <summary>
/// One run of a program that owns a private directory and never outlives this process: its parent is a small shell
/// script (<c>guard.sh</c>, whose comments say how), which kills it and removes the directory as soon as this process is gone.
/// </summary>
internal sealed class GuardedProcess : IDisposable
{
    private const int KilledCode = 128 + 9;
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(30);

    // A guard takes the closing of its pipe for our end, and the finalizer of a forgotten instance would close it.
    private static readonly ConcurrentDictionary<GuardedProcess, bool> Alive = new();

    private readonly Process _guard;
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ending;

    private GuardedProcess(Process guard, int processId)
    {
        _guard = guard;
        ProcessId = processId;
        GuardProcessId = guard.Id;
        Alive.TryAdd(this, true);
        _ = WatchAsync();
    }

    /// <summary>The program's own process id, not the guard's.</summary>
    public int ProcessId { get; }

    /// <summary>The guard's process id.</summary>
    public int GuardProcessId { get; }

    /// <summary>Completes when the program has ended, with its exit code as shells give it (128 + n for signal n); it never fails.</summary>
    public Task<int> Exited => _exited.Task;

    public static async Task<GuardedProcess> StartAsync(
        string directory, string logFile, IEnumerable<string> command, string shell = "/bin/sh")
    {
        var script = Path.Combine(directory, "guard.sh");
        await WriteScriptAsync(script).ConfigureAwait(false);

        // In a session of its own, neither Ctrl+C nor a signal to the host's whole process group reaches guard and
        // program. macOS has no setsid: there they get what the host gets, which ends them too.
        string[] line = [shell, script, directory, logFile, .. command];
        if (Executables.Find("setsid", Environment.GetEnvironmentVariable("PATH")) is { } setsid)
            line = [setsid, .. line];

        var start = new ProcessStartInfo(line[0], line.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = directory };
        var guard = Process.Start(start)!;
        try
        {
            // Not to be cancelled: a guard that is left alone now would take the directory with it.
            var answer = await guard.StandardOutput.ReadLineAsync().ConfigureAwait(false);
            return Number(answer, "started ") is { } processId
                ? new GuardedProcess(guard, processId)
                : throw new InvalidOperationException($"The guard process of '{directory}' answered '{answer}' instead of a process id.");
        }
        catch
        {
            guard.StandardInput.Close();
            guard.Dispose();
            throw;
        }
    }

    /// <summary>Sends a signal; false when the program has already ended.</summary>
    public bool Signal(PosixSignal signal) => !Exited.IsCompleted && PosixSignals.Send(ProcessId, signal);

    /// <summary>Stops the program's threads (SIGSTOP) and returns when all of them are; false when it has ended.</summary>
    public async Task<bool> SuspendAsync(CancellationToken cancellationToken)
    {
        if (!Signal(PosixSignal.Stop))
            return false;
        while (!await ProcessState.IsStoppedAsync(ProcessId, cancellationToken).ConfigureAwait(false))
        {
            if (Exited.IsCompleted)
                return false;
            await Task.Delay(1, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Lets go of the directory of a program that has ended: another run will use it.</summary>
    public void Release() => End(keepDirectory: true);

    /// <summary>Kills the program if it runs, paused or not, and removes its directory.</summary>
    public void Dispose() => End(keepDirectory: false);

    private void End(bool keepDirectory)
    {
        if (!Alive.TryRemove(this, out _))
            return;

        Volatile.Write(ref _ending, true);
        ClosePipe(keepDirectory);
        _guard.WaitForExit(EndTimeout);
        _guard.Dispose();
        _exited.TrySetResult(KilledCode);
    }

    private async Task WatchAsync()
    {
        try
        {
            var answer = await _guard.StandardOutput.ReadLineAsync().ConfigureAwait(false);
            if (Number(answer, "exited ") is { } code)
            {
                _exited.TrySetResult(code);
                return;
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
        }

        if (Volatile.Read(ref _ending))
            return;

        // Somebody has killed the guard. The program, which has lost its parent, goes too.
        PosixSignals.Send(ProcessId, PosixSignal.Kill);
        ClosePipe(keepDirectory: true);
        _exited.TrySetResult(KilledCode);
    }

    private void ClosePipe(bool keepDirectory)
    {
        try
        {
            if (keepDirectory)
                _guard.StandardInput.WriteLine();
            _guard.StandardInput.Close();
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // There is no guard any more.
        }
    }

    private static int? Number(string? line, string prefix)
        => line?.StartsWith(prefix, StringComparison.Ordinal) == true && int.TryParse(line.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static async Task WriteScriptAsync(string file)
    {
        if (File.Exists(file))
            return; // A shell reads its script as it goes: never rewrite one that the guard of an earlier run may be reading.

        var resource = typeof(GuardedProcess).Assembly.GetManifestResourceStream("TypedRedis.Testing.guard.sh")!;
        await using var _ = resource.ConfigureAwait(false);
        var target = File.Create(file);
        await using var __ = target.ConfigureAwait(false);
        await resource.CopyToAsync(target).ConfigureAwait(false);
    }
}
