using System.Net;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace TypedRedis.Hosting;

/// <summary>Finds everything that is wrong with the settings. What it says never quotes the connection string, which may hold a password.</summary>
internal sealed class TypedRedisOptionsValidator : IValidateOptions<TypedRedisOptions>
{
    private static readonly TimeSpan LongestConnectTimeout = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, TypedRedisOptions options)
    {
        var errors = new List<string>(options.Unreadable);
        if (options.UsesRegisteredConnection)
        {
            CheckUnused(options, errors);
        }
        else
        {
            CheckConnection(options, errors);
        }

        Check(options, nameof(options.Prefix), new RedisContextOptions { Prefix = options.Prefix }, errors);
        Check(options, nameof(options.Database), new RedisContextOptions { Database = options.Database }, errors);
        Check(options, nameof(options.OperationTimeout), new RedisContextOptions { OperationTimeout = options.OperationTimeout }, errors);
        Check(options, nameof(options.CacheTimeout), new RedisContextOptions { CacheTimeout = options.CacheTimeout }, errors);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void CheckUnused(TypedRedisOptions options, List<string> errors)
    {
        Check(options.ConnectionString is not null, nameof(options.ConnectionString));
        Check(options.Connection is not null, nameof(options.Connection));
        Check(options.Password is not null, nameof(options.Password));
        Check(options.ConnectTimeout is not null, nameof(options.ConnectTimeout));

        void Check(bool isSet, string setting)
        {
            if (isSet)
            {
                errors.Add($"{options.NameOf(setting)} is set, but AddTypedRedis() without an argument uses the IConnectionMultiplexer that is registered. Remove it, or pass the settings to AddTypedRedis.");
            }
        }
    }

    private static void CheckConnection(TypedRedisOptions options, List<string> errors)
    {
        string connectionString = options.NameOf(nameof(options.ConnectionString));
        if (options.Connection is not null && options.ConnectionString is not null)
        {
            errors.Add($"{connectionString} and {nameof(TypedRedisOptions)}.{nameof(options.Connection)} are both set. Set one of them.");
        }
        else if (options.Connection is { EndPoints.Count: 0 })
        {
            errors.Add($"{nameof(TypedRedisOptions)}.{nameof(options.Connection)} has no endpoint. Add one, such as localhost:6379.");
        }
        else if (options.Connection is null && string.IsNullOrWhiteSpace(options.ConnectionString))
        {
            errors.Add($"{connectionString} is missing. Set it to the address of a server, such as localhost:6379, or to one for each node, separated by commas.");
        }
        else if (options.Connection is null && ConnectionStrings.FindError(options.ConnectionString!) is { } error)
        {
            errors.Add($"{connectionString} {error}");
        }

        if (options.ConnectTimeout is { } timeout && (timeout < TimeSpan.FromMilliseconds(1) || timeout > LongestConnectTimeout))
        {
            errors.Add($"{options.NameOf(nameof(options.ConnectTimeout))} is {timeout:c}; it must be at least a millisecond and at most a day. Five seconds are 00:00:05.");
        }
    }

    private static void Check(TypedRedisOptions options, string setting, RedisContextOptions one, List<string> errors)
    {
        try
        {
            one.Validate();
        }
        catch (ArgumentOutOfRangeException e)
        {
            string hint = e.ActualValue is TimeSpan ? " Five seconds are 00:00:05." : "";
            errors.Add($"{options.NameOf(setting)} is {e.ActualValue}. {Sentence(e)}{hint}");
        }
        catch (ArgumentException e)
        {
            errors.Add($"{options.NameOf(setting)}: {Sentence(e)}");
        }
    }

    // Without the parameter's name and the value, which .NET adds.
    private static string Sentence(ArgumentException e)
    {
        int end = e.Message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return end < 0 ? e.Message : e.Message[..end];
    }
}

/// <summary>Reads connection strings, and says what is wrong with one without quoting what could be a password.</summary>
internal static class ConnectionStrings
{
    /// <summary>What is wrong, as the end of a sentence that begins with the setting's name; or null.</summary>
    public static string? FindError(string text)
    {
        if (text.Contains("://", StringComparison.Ordinal))
        {
            return "is a URI, which the driver does not read. Write host:port,password=…,ssl=true instead.";
        }

        ConfigurationOptions parsed;
        try
        {
            parsed = ConfigurationOptions.Parse(text);
        }
        catch (Exception e) when (IsOfParser(e))
        {
            return $"cannot be read: {Culprit(text)}";
        }

        return parsed.EndPoints.Count == 0
            ? "has no address that can be read. Begin it with one, such as localhost:6379."
            : null;
    }

    /// <summary>An address, as one writes it.</summary>
    public static string Text(EndPoint? endPoint) => endPoint switch
    {
        DnsEndPoint { Port: 0 } dns => dns.Host,
        DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
        null => "an unknown address",
        _ => endPoint.ToString()!,
    };

    // Items are read one by one, the way the driver does. What stands behind a password may be a part of it: a comma ends it.
    private static string Culprit(string text)
    {
        string[] items = text.Split(',');
        bool behindPassword = false;
        for (int i = 0; i < items.Length; i++)
        {
            string item = items[i].Trim();
            int equals = item.IndexOf('=');
            if (item.Length > 0 && !IsReadable(item))
            {
                return behindPassword
                    ? $"item {i + 1} of {items.Length}, behind the password. A password that has a comma in it must be set apart: as {nameof(TypedRedisOptions.Password)}."
                    : equals > 0
                        ? $"item {i + 1} of {items.Length}, \"{item[..equals]}=…\", is no option of this version of the driver, or its value is not one that it takes."
                        : $"item {i + 1} of {items.Length} is no address. Write host:port, with a port up to 65535.";
            }

            behindPassword |= equals > 0 && item[..equals].Trim().Equals("password", StringComparison.OrdinalIgnoreCase);
        }

        return "its items do not go together.";
    }

    private static bool IsReadable(string item)
    {
        try
        {
            ConfigurationOptions.Parse(item);
            return true;
        }
        catch (Exception e) when (IsOfParser(e))
        {
            return false;
        }
    }

    // Its messages may quote the text, and are not passed on.
    private static bool IsOfParser(Exception error) => error is ArgumentException or FormatException or OverflowException;
}
