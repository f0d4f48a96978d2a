using System.Diagnostics;
using System.Net.Http.Json;

namespace CachedCatalog;

/// <summary>The web application in a process of its own, which ends with this one.</summary>
internal sealed class Instance : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;

    private Instance(Process process, Uri address)
    {
        _process = process;
        Http = new HttpClient { BaseAddress = address };
    }

    public HttpClient Http { get; }

    public static async Task<Instance> StartAsync(params string[] settings)
    {
        Process process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Instance).Assembly.Location, "instance", "--urls=http://127.0.0.1:0", .. settings])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and int start)
            {
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return new Instance(process, new Uri(line[(start + Listening.Length)..]));
            }
        }

        throw new InvalidOperationException("The instance did not start.");
    }

    public async Task<Stats> StatsAsync() => (await Http.GetFromJsonAsync<Stats>("stats"))!;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
