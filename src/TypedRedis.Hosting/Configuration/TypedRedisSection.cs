using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace TypedRedis.Hosting;

/// <summary>Reads the settings from configuration, key by key: without reflection, and with an error for every key that it does not know.</summary>
internal static class TypedRedisSection
{
    private const string Known =
        $"{nameof(TypedRedisOptions.ConnectionString)}, {nameof(TypedRedisOptions.Password)}, {nameof(TypedRedisOptions.ConnectTimeout)}, "
        + $"{nameof(TypedRedisOptions.Prefix)}, {nameof(TypedRedisOptions.Database)}, {nameof(TypedRedisOptions.OperationTimeout)}, {nameof(TypedRedisOptions.CacheTimeout)}";

    public static void Read(IConfiguration section, TypedRedisOptions options)
    {
        options.Section = (section as IConfigurationSection)?.Path ?? "";
        foreach (IConfigurationSection setting in section.GetChildren())
        {
            if (setting.GetChildren().Any())
            {
                options.Unreadable.Add(IsKnown(setting)
                    ? $"{setting.Path} has settings below it; it must be a single value."
                    : Unknown(setting, options));
            }
            else if (Is(setting, nameof(TypedRedisOptions.ConnectionString)))
            {
                options.ConnectionString = setting.Value;
            }
            else if (Is(setting, nameof(TypedRedisOptions.Password)))
            {
                options.Password = setting.Value;
            }
            else if (Is(setting, nameof(TypedRedisOptions.Prefix)))
            {
                options.Prefix = setting.Value ?? "";
            }
            else if (!IsKnown(setting))
            {
                options.Unreadable.Add(Unknown(setting, options));
            }
            else if (setting.Value is not { } value)
            {
                continue;       // null in a JSON file: not set
            }
            else if (Is(setting, nameof(TypedRedisOptions.Database)))
            {
                if (int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out int database))
                {
                    options.Database = database;
                }
                else
                {
                    options.Unreadable.Add($"{setting.Path} is \"{value}\"; it must be the number of a database, such as 0, or -1 for the connection's own.");
                }
            }
            else if (TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out TimeSpan time))
            {
                if (Is(setting, nameof(TypedRedisOptions.ConnectTimeout)))
                {
                    options.ConnectTimeout = time;
                }
                else if (Is(setting, nameof(TypedRedisOptions.OperationTimeout)))
                {
                    options.OperationTimeout = time;
                }
                else
                {
                    options.CacheTimeout = time;
                }
            }
            else
            {
                options.Unreadable.Add($"{setting.Path} is \"{value}\"; it must be a time in hours, minutes and seconds, such as 00:00:05 or 00:00:00.250.");
            }
        }
    }

    private static bool Is(IConfigurationSection setting, string name) => setting.Key.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static bool IsKnown(IConfigurationSection setting)
        => Is(setting, nameof(TypedRedisOptions.ConnectionString)) || Is(setting, nameof(TypedRedisOptions.Password)) || Is(setting, nameof(TypedRedisOptions.Prefix))
            || Is(setting, nameof(TypedRedisOptions.Database)) || Is(setting, nameof(TypedRedisOptions.ConnectTimeout)) || Is(setting, nameof(TypedRedisOptions.OperationTimeout))
            || Is(setting, nameof(TypedRedisOptions.CacheTimeout));

    private static string Unknown(IConfigurationSection setting, TypedRedisOptions options)
        => $"{setting.Path} is no setting of TypedRedis. There are {Known}.{(options.Section is "" ? " Pass a section, such as configuration.GetSection(\"Redis\"), rather than the whole configuration." : "")}";
}
