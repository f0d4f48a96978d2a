using System;
using System.Threading.Tasks;
using StackExchange.Redis;

namespace DriverAlone;

internal static class Sessions
{
    public static async Task StartAsync(IDatabase database, string id)
    {
        await database.StringSetAsync("session:" + id, "open").ConfigureAwait(false);
        await database.KeyExpireAsync("session:" + id, TimeSpan.FromMinutes(20)).ConfigureAwait(false);
    }
}
