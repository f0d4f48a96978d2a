using System.Globalization;
using System.Net;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Operations;

/// <summary>What stands in connection strings of the source: secrets, administrator's rights, and connections that anybody on the way can read.</summary>
internal sealed class ConnectionText : Rule
{
    public static readonly DiagnosticDescriptor Secret = Describe(
        "TR5001",
        "A password in the source",
        "The password of '{0}' stands in the source, and with it in every copy and in its history: read the connection string from the configuration, and change the password",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor Administrator = Describe(
        "TR5002",
        "An application with an administrator's rights",
        "allowAdmin lets this program call FLUSHALL, CONFIG and SHUTDOWN: leave it out, and use a connection of its own where it is administered",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor Plaintext = Describe(
        "TR5003",
        "A connection that others can read",
        "The connection to '{0}' leaves this machine without TLS, so that anybody on the way can read it, its password included: add ssl=true",
        DiagnosticSeverity.Info);

    public override IReadOnlyList<DiagnosticDescriptor> Descriptors => [Secret, Administrator, Plaintext];

    public override void Register(RuleRegistry registry)
    {
        registry.OnBody(static body =>
        {
            foreach (var call in body.Calls)
            {
                // What is parsed may be given TLS afterwards.
                if (call.Name is "Connect" or "Parse" && call.Argument("configuration") is { } configuration)
                {
                    bool mayHaveTls = call.Name == "Parse" && ConnectionOptions.Of(call.Operation, body.Body)?.MayHave("Ssl") == true;
                    Check(configuration, (rule, place, arguments) => { if (rule != Plaintext || !mayHaveTls) body.Report(rule, place, arguments); });
                }

                if (call is { Name: "Add", Type: "EndPointCollection" } && Far(call) is { } far
                    && ConnectionOptions.OfEndPoint(call.Operation, body.Body) is { IsMade: true } options && !options.MayHave("Ssl"))
                    body.Report(Plaintext, far, far.ConstantValue.Value!);
            }
        });
        if (registry.Driver.ConfigurationOptions is not { } options)
            return;

        registry.OnAssignment(
            context =>
            {
                var assignment = context.Assignment;

                // The options of Microsoft.Extensions.Caching.StackExchangeRedis.
                if (context.Property is { Name: "Configuration", ContainingType.Name: "RedisCacheOptions" })
                    Check(assignment.Value, (rule, place, arguments) => context.Report(rule, place, arguments));
                if (!SymbolEqualityComparer.Default.Equals(context.Property.ContainingType, options))
                    return;

                var value = assignment.Value.Unwrap().ConstantValue;
                if (context.Property.Name == "Password" && value is { HasValue: true, Value: string { Length: > 0 } password } && !IsPlaceholder(password))
                    context.Report(Secret, assignment.Value, "the server");
                if (context.Property.Name == "AllowAdmin" && value is { HasValue: true, Value: true })
                    context.Report(Administrator, assignment);
            },
            "Password", "AllowAdmin", "Configuration");
    }

    // Another machine, of EndPoints.Add("cache.example.com", 6379).
    private static IOperation? Far(DriverCall call)
        => (call.Argument("hostAndPort") ?? call.Argument("host")) is { ConstantValue: { HasValue: true, Value: string { Length: > 0 } text } } host
            && !IsNear(call.Argument("port") is { ConstantValue: { HasValue: true, Value: int port } } ? text + ":" + port.ToString(CultureInfo.InvariantCulture) : text)
            ? host
            : null;

    private static void Check(IOperation configuration, Action<DiagnosticDescriptor, IOperation, object[]> report)
    {
        foreach (var part in Alternatives(configuration))
        {
            if (part.ConstantValue is { HasValue: true, Value: string text })
                Check(text, part, report);
        }
    }

    // configuration["redis"] ?? "localhost"
    private static IEnumerable<IOperation> Alternatives(IOperation configuration)
    {
        configuration = configuration.Unwrap();
        return configuration switch
        {
            ICoalesceOperation coalesce => Alternatives(coalesce.Value).Concat(Alternatives(coalesce.WhenNull)),
            IConditionalOperation { WhenFalse: { } otherwise } branch => Alternatives(branch.WhenTrue).Concat(Alternatives(otherwise)),
            _ => [configuration],
        };
    }

    private static void Check(string text, IOperation argument, Action<DiagnosticDescriptor, IOperation, object[]> report)
    {
        string[] parts = [.. text.Split(',').Select(static part => part.Trim())];
        string host = parts.FirstOrDefault(static part => !part.Contains('=')) ?? "";
        if (Value(parts, "password") is { Length: > 0 } password && !IsPlaceholder(password) && parts.Any(static part => part.Length > 0 && !part.Contains('=') && !IsThisMachine(part)))
            report(Secret, argument, [host]);
        if (string.Equals(Value(parts, "allowAdmin"), "true", StringComparison.OrdinalIgnoreCase))
            report(Administrator, argument, []);
        if (!string.Equals(Value(parts, "ssl"), "true", StringComparison.OrdinalIgnoreCase)
            && parts.FirstOrDefault(static part => part.Length > 0 && !part.Contains('=') && !IsNear(part)) is { } far)
            report(Plaintext, argument, [far]);
    }

    private static string? Value(string[] parts, string name)
        => parts.Select(static part => part.Split(['='], 2)).FirstOrDefault(pair => pair.Length == 2 && pair[0].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))?[1].Trim();

    private static bool IsPlaceholder(string password)
        => password.StartsWith("<", StringComparison.Ordinal) || password.StartsWith("{", StringComparison.Ordinal) || password.StartsWith("$", StringComparison.Ordinal) || password.All(static c => c is '*' or 'x' or '.')
            || password.IndexOf("your", StringComparison.OrdinalIgnoreCase) >= 0;

    private static bool IsThisMachine(string endpoint)
    {
        string host = Host(endpoint);
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }

    private static string Host(string endpoint) => endpoint.StartsWith("[", StringComparison.Ordinal) ? endpoint.Substring(1).Split(']')[0] : endpoint.Split(':')[0];

    // This machine, names that only a container network knows, and the port for TLS of servers that newer drivers know.
    private static bool IsNear(string endpoint)
    {
        string host = Host(endpoint);
        if (endpoint.StartsWith("/", StringComparison.Ordinal) || endpoint.StartsWith("unix:", StringComparison.Ordinal) || endpoint.StartsWith("!", StringComparison.Ordinal))
            return true;
        if (IPAddress.TryParse(host, out var address))
            return IPAddress.IsLoopback(address);

        if (endpoint.EndsWith(".redis.cache.windows.net:6380", StringComparison.OrdinalIgnoreCase))
            return true;

        return !host.Contains('.') || host.EndsWith(".local", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".internal", StringComparison.OrdinalIgnoreCase);
    }
}
