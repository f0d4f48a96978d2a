using System.Text;
using StackExchange.Redis;
using TypedRedis.Testing;

namespace TypedRedis.Integration.Tests.Ranking;

/// <summary>All windows there are of a leaderboard, in Berlin.</summary>
[Leaderboard("board:{Game}", Windows = PeriodUnits.AllTime | PeriodUnits.Day | PeriodUnits.Week | PeriodUnits.Month, TimeZone = "Europe/Berlin", Retention = "35d", History = 5)]
public sealed record Play(string Game, [property: Member] string Player, [property: Score] long Points);

/// <summary>The shortest run counts; one window, which expires.</summary>
[Leaderboard("lap:{#Track}:{Class}", Mode = LeaderboardMode.Lowest, Ties = LeaderboardTies.FirstArrival), Expires("1h", Sliding = true)]
public sealed record Lap(string Track, int Class, [property: Member] Guid Driver, [property: Score] TimeSpan Time);

/// <summary>A composite member, a sum of doubles, windows that stay.</summary>
[Leaderboard("spent:{Shop}", Windows = PeriodUnits.Day, Mode = LeaderboardMode.Sum, Retention = "never")]
public sealed record Spent(int Shop, [property: Member] string Country, [property: Member] int Customer, [property: Score] double Amount);

/// <summary>One window, one command.</summary>
[Leaderboard("level:{Game}", Mode = LeaderboardMode.Latest), Expires(ExpiresAttribute.Never)]
public sealed record Level(string Game, [property: Member] long Player, [property: Score] int Reached);

/// <summary>Sums of 32 bits, in one window and without a clock.</summary>
[Leaderboard("coins:{Game}", Mode = LeaderboardMode.Sum)]
public sealed record Coins(string Game, [property: Member] string Player, [property: Score] int Amount);

/// <summary>Sums of 32 bits, in several windows.</summary>
[Leaderboard("daily-coins:{Game}", Windows = PeriodUnits.AllTime | PeriodUnits.Day, Mode = LeaderboardMode.Sum, Ties = LeaderboardTies.FirstArrival, Retention = "35d")]
public sealed record DailyCoins(string Game, [property: Member] string Player, [property: Score] int Amount);

/// <summary>What the boards of the tests by a model differ in.</summary>
internal interface IBoard
{
    static abstract LeaderboardSchema Schema { get; }
}

internal interface IMode
{
    static abstract LeaderboardMode Value { get; }
}

internal interface ITies
{
    static abstract LeaderboardTies Value { get; }
}

internal readonly struct Best : IMode
{
    public static LeaderboardMode Value => LeaderboardMode.Best;
}

internal readonly struct Lowest : IMode
{
    public static LeaderboardMode Value => LeaderboardMode.Lowest;
}

internal readonly struct Latest : IMode
{
    public static LeaderboardMode Value => LeaderboardMode.Latest;
}

internal readonly struct Sum : IMode
{
    public static LeaderboardMode Value => LeaderboardMode.Sum;
}

internal readonly struct ByBytes : ITies
{
    public static LeaderboardTies Value => LeaderboardTies.Lexicographic;
}

internal readonly struct ByArrival : ITies
{
    public static LeaderboardTies Value => LeaderboardTies.FirstArrival;
}

internal readonly struct Everything<TMode, TTies> : IBoard
    where TMode : IMode
    where TTies : ITies
{
    public static LeaderboardSchema Schema { get; } = new("Tests.Play", "Points")
    {
        Units = PeriodUnits.AllTime | PeriodUnits.Day | PeriodUnits.Week | PeriodUnits.Month,
        TimeZone = "Europe/Berlin",
        Retention = TimeSpan.FromDays(35),
        Mode = TMode.Value,
        Ties = TTies.Value,
        History = 5,
    };
}

/// <summary>All windows, without a history: what is submitted now is one short script.</summary>
internal readonly struct Windows<TMode> : IBoard
    where TMode : IMode
{
    public static LeaderboardSchema Schema { get; } = new("Tests.Play", "Points")
    {
        Units = PeriodUnits.AllTime | PeriodUnits.Day | PeriodUnits.Week | PeriodUnits.Month,
        TimeZone = "Europe/Berlin",
        Retention = TimeSpan.FromDays(35),
        Mode = TMode.Value,
        Ties = LeaderboardTies.Lexicographic,
    };
}

/// <summary>One window of all time, without a history.</summary>
internal readonly struct Plain<TMode, TTies> : IBoard
    where TMode : IMode
    where TTies : ITies
{
    public static LeaderboardSchema Schema { get; } = new("Tests.Play", "Points") { Units = PeriodUnits.AllTime, Mode = TMode.Value, Ties = TTies.Value };
}

internal readonly struct BoardMapper<TBoard> : ILeaderboardMapper<Play, PlayLeaderboardKey, string, long>
    where TBoard : IBoard
{
    public static LeaderboardSchema Schema => TBoard.Schema;

    public static PlayLeaderboardKey KeyOf(Play entity) => new(entity.Game);

    public static string MemberOf(Play entity) => entity.Player;

    public static long ScoreOf(Play entity) => entity.Points;

    public static double WriteScore(long score, in CodecContext context) => context.WriteScore(score);

    public static long ReadScore(double score, in CodecContext context) => context.ReadInt64Score(score);

    public static RedisValue WriteMember(string member, in CodecContext context) => context.WriteMember(member);

    public static string ReadMember(RedisValue member, in CodecContext context) => context.ReadTextMember(member);
}

internal sealed class Board<TBoard>(RedisContext redis) : LeaderboardStore<Play, PlayLeaderboardKey, string, long, BoardMapper<TBoard>>(redis)
    where TBoard : IBoard;

internal static class BoardServer
{
    /// <summary>What no test may leave: keys without an expiry but the windows of all time with their companions, boards in the making, and keys of other names.</summary>
    public static async Task CheckKeysAsync(this RedisServer server, string prefix, Func<string, bool>? stays = null)
    {
        foreach (string key in await server.KeysAsync(prefix))
        {
            Assert.DoesNotContain(":merge:", key, StringComparison.Ordinal);
            string suffix = key[(key.IndexOf('}', StringComparison.Ordinal) + 1)..];
            if (suffix is not ("" or ":a") && stays?.Invoke(suffix) != true)
                Assert.True(await server.TimeToLiveAsync(key) is > 0 or -2, key);
        }
    }

    /// <summary>Fills a window behind the store's back.</summary>
    public static Task SeedAsync(this RedisServer server, string key, int count, bool byArrival = false, int first = 1)
    {
        const string Script = """
            local stamps = ARGV[3] == '1'
            local last = ARGV[1] + ARGV[2] - 1
            for i = ARGV[1], last do
              local member = string.format('player:%07d', i)
              if stamps then
                local stamp = struct.pack('>I8', 9007199254740991 - i)
                redis.call('ZADD', KEYS[1], math.floor(i / 2), stamp .. member)
                redis.call('HSET', KEYS[1] .. ':a', member, stamp)
              else
                redis.call('ZADD', KEYS[1], math.floor(i / 2), member)
              end
            end
            if stamps then redis.call('HSET', KEYS[1] .. ':a', '\255', string.format('%.0f', last)) end
            """;
        return server.ExecuteAsync("EVAL", Script, "1", key, $"{first}", $"{count}", byArrival ? "1" : "0");
    }

    public static int Compare(string left, string right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
}
