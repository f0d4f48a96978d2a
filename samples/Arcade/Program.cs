using System.Diagnostics;
using Arcade;
using TypedRedis;
using TypedRedis.Testing;

Console.WriteLine("An arcade that ranks and counts, in a Redis of its own\n");

await using RedisServer server = await RedisServer.StartAsync();
await using RedisContext redis = await RedisContext.ConnectAsync(server.ConnectionString, new RedisContextOptions { Prefix = "arcade:" });
var random = new Random(1980);
DateTimeOffset now = DateTimeOffset.UtcNow;

var scores = new GameScoreLeaderboard(redis);
Step("A leaderboard: 1,000 games, in one pipelined round trip to three windows each");
GameScore[] games = [.. Enumerable.Range(0, 1000).Select(_ => new GameScore { Game = "pinball", Player = $"player-{random.Next(200):000}", Points = random.Next(100_000) })];
long start = Stopwatch.GetTimestamp();
await scores.SubmitManyAsync(games);
Console.WriteLine($"  {await scores.CountAsync("pinball")} players submitted in {Milliseconds(start)}");
foreach (var entry in await scores.TopAsync("pinball", 3))
{
    Console.WriteLine($"  {entry.Rank,3}. {entry.Member}  {entry.Score,6}");
}

Step("A player and the neighbours, of one moment");
string me = games[0].Player;
foreach (var entry in await scores.AroundAsync("pinball", me, radius: 2))
{
    Console.WriteLine($"  {entry.Rank,3}. {entry.Member}  {entry.Score,6}{(entry.Member == me ? "  <- here" : "")}");
}

Console.WriteLine($"  better than {await scores.PercentileAsync("pinball", me):0.0} % of the board");

Step("Windows: yesterday's winner is not today's; a day ends at midnight in Tokyo, by the server's clock");
await scores.SubmitAsync("pinball", "champion", 123_456, at: now.AddDays(-1));
Console.WriteLine($"  yesterday {(await scores.TopAsync("pinball", 1, Period.Yesterday))[0].Member}, today {(await scores.TopAsync("pinball", 1, Period.Today))[0].Member}, of all time {(await scores.TopAsync("pinball", 1))[0].Member}");

Step("Equal scores: who was there first stays above");
await scores.SubmitAsync("pinball", "late", 123_456);
Console.WriteLine($"  {string.Join(", ", (await scores.TopAsync("pinball", 2)).Select(entry => $"{entry.Rank}. {entry.Member}"))}");

var trend = new GameInteractionTrend(redis);
Step("What is talked of: an action counts half after six hours, and nothing has to be recomputed");
await trend.RecordManyAsync(Enumerable.Repeat(new GameInteraction { Floor = "1", Game = "pinball", Action = GameAction.Played }, 40), at: now.AddHours(-24));
await trend.RecordManyAsync(Enumerable.Repeat(new GameInteraction { Floor = "1", Game = "karaoke", Action = GameAction.Played }, 5));
await trend.RecordAsync(new GameInteraction { Floor = "1", Game = "claw machine", Action = GameAction.Recommended });
foreach (var entry in await trend.TopAsync("1", 3))
{
    Console.WriteLine($"  {entry.Rank}. {entry.Member,-13} {entry.Score:0.0}");
}

Console.WriteLine("  pinball was played 40 times, a day ago: 40 x 5 halved four times");

var coins = new CoinBoxCounter(redis);
Step("Counters by day, with both bounds");
for (int day = 6; day >= 0; day--)
{
    await coins.IncrementAsync("pinball", random.Next(100, 400), at: now.AddDays(-day));
}

PeriodCount[] week = await coins.RangeAsync("pinball", PeriodRange.OfLast(7, PeriodUnits.Day));
Console.WriteLine($"  {string.Join("  ", week.Select(day => $"{day.Period.Date:MM-dd}: {day.Count}"))}  sum {await coins.SumAsync("pinball", PeriodRange.OfLast(7, PeriodUnits.Day))}");
Console.WriteLine($"  500 coins more do not fit into today's box: {await coins.TryIncrementAsync("pinball", 500) as object ?? "refused, and nothing is changed"}");

var guests = new VisitUniqueCounter(redis);
Step("How many different people: 5,000 cards today, half of them yesterday, in 12 KB a day");
Guid[] cards = [.. Enumerable.Range(0, 5000).Select(_ => Guid.NewGuid())];
await guests.AddManyAsync("shibuya", cards);
await guests.AddManyAsync("shibuya", cards.Take(2500), at: now.AddDays(-1));
Console.WriteLine($"  today about {await guests.CountAsync("shibuya", Period.Today)}, yesterday about {await guests.CountAsync("shibuya", Period.Yesterday)}, in both together about {await guests.CountAsync("shibuya", PeriodRange.OfLast(2, PeriodUnits.Day))} (standard error 0.81 %)");

var members = new AttendanceBitmap(redis);
Step("Who came back: a bit per member and day");
for (int day = 3; day >= 0; day--)
{
    int share = 4 - day;
    await members.MarkManyAsync(Enumerable.Range(0, 1000).Where(id => id % share == 0).Select(id => new Attendance { Arcade = "shibuya", MemberId = id }), at: now.AddDays(-day));
}

ActivityCohort cohort = await members.RetentionAsync("shibuya", Period.Ago(3, PeriodUnits.Day), new PeriodRange(Period.Ago(2, PeriodUnits.Day), Period.Today));
Console.WriteLine($"  of {cohort.Size} members three days ago came back: {string.Join(", ", cohort.Returns.Select(day => $"{day.Count} ({day.Share:P0})"))}");
Console.WriteLine($"  on every one of the four days: {await members.CountAllAsync("shibuya", PeriodRange.OfLast(4, PeriodUnits.Day))}");

Step("An id out of bounds is refused, and allocates nothing");
try
{
    await members.MarkAsync("shibuya", 4_000_000);
}
catch (ArgumentOutOfRangeException e)
{
    Console.WriteLine($"  {e.Message.Split(Environment.NewLine)[0]}");
}

Console.WriteLine("\nDone. The models are samples/Arcade/Models.cs, this program is Program.cs beside it; the server stops with the program.");

static void Step(string title) => Console.WriteLine($"\n{title}");

static string Milliseconds(long start) => $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms";
