using TypedRedis;

namespace Shop;

/// <summary>What a reservation came to.</summary>
internal enum Reservation
{
    Done = 1,
    TooFew = 2,
}

/// <summary>A script in a file, which the package's targets find.</summary>
internal static partial class Stock
{
    [LuaScript(File = "Scripts/reserve.lua")]
    public static partial Task<(Reservation Outcome, int Left)> ReserveAsync(this RedisContext redis, [LuaKey] string stock, int count, CancellationToken cancellationToken = default);
}
