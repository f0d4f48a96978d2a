using TypedRedis.Generators.Tests.Infrastructure;

namespace TypedRedis.Generators.Tests.Diagnostics;

/// <summary>What the rules say of <c>[PeriodCounter]</c>, <c>[UniqueCounter]</c> and <c>[ActivityBitmap]</c>, and of keys that are hash tags as a whole.</summary>
public class CountingRuleTests
{
    [Theory]
    [InlineData("[PeriodCounter(\"v:{P}\", PeriodUnits.Day, Retention = \"90d\", Minimum = 0, Maximum = 0)] public sealed record V(string P);")]
    [InlineData("[PeriodCounter(\"v:{P}\", PeriodUnits.AllTime)] public sealed record V(string P) { [RedisIgnore] public int X { get; set; } public int Y => 1; public static int Z { get; set; } }")]
    [InlineData("[PeriodCounter(units: PeriodUnits.Minute | PeriodUnits.AllTime, template: \"v:{P}\", Retention = \"never\")] public sealed record V(string P);")]
    [InlineData("[RedisHash(\"h:{P}\"), PeriodCounter(\"v:{P}\", PeriodUnits.Day, Retention = \"1d\")] public sealed record V(string P, int X);")]
    [InlineData("[UniqueCounter(\"v:{P}\", PeriodUnits.Week, Retention = \"1d\"), PeriodCounter(\"w:{P}\", PeriodUnits.Day, Retention = \"1d\")] public sealed record V(string P, [property: Member] Guid X);")]
    [InlineData("[ActivityBitmap(\"v:{P}\", PeriodUnits.Day, MaxId = 4_294_967_294, Retention = \"1d\")] public sealed record V(string P, [property: Member] int X);")]
    [InlineData("[ActivityBitmap(\"v:{P}\", PeriodUnits.Day, MaxId = 0, MapIds = true, Retention = \"1d\")] public sealed record V(string P, [property: Member] int X);")]
    [InlineData("[ActivityBitmap(\"v:{P}\", PeriodUnits.Day, MaxId = 9, MapIds = false, Retention = \"1d\")] public sealed record V(string P, [property: Member] UInt128 X);")]
    [InlineData("[RedisHash(\"v:{P}\"), PeriodCounter(\"v:{P}\", PeriodUnits.Day, Retention = \"1d\")] public sealed record V(string P);")]
    public Task Right(string model) => Diagnose.Verify(model);

    [Theory]
    [InlineData("[{|TR1085:PeriodCounter(\"v:{P}\", PeriodUnits.Day)|}] public sealed record V(string P);", "how long a count stays after the end of its period")]
    [InlineData("[{|TR1085:PeriodCounter(\"v:{P}\", PeriodUnits.Day | PeriodUnits.AllTime)|}] public sealed record V(string P);", "write Retention = \"90d\", or \"never\"")]
    [InlineData("[PeriodCounter(\"v:{P}\", PeriodUnits.Day, Retention = {|TR1019:null|})] public sealed record V(string P);", "it is empty")]
    [InlineData("[PeriodCounter(\"v:{P}\", PeriodUnits.AllTime, Retention = {|TR1088:\"1d\"|})] public sealed record V(string P);", "all time does not end")]
    [InlineData("[PeriodCounter(\"v:{P}\", {|TR1084:0|}, Retention = \"1d\")] public sealed record V(string P);", "it names none")]
    [InlineData("[PeriodCounter(\"v:{P}\", {|TR1084:(PeriodUnits)(-1)|}, Retention = \"1d\")] public sealed record V(string P);", "-1 is none")]
    [InlineData("[PeriodCounter(\"v:{P}\", PeriodUnits.Day | PeriodUnits.Month, Maximum = {|TR1088:5|}, Retention = \"1d\")] public sealed record V(string P);", "right for one period and wrong for another")]
    [InlineData("[PeriodCounter(\"v:{P}\", PeriodUnits.Day, Minimum = 6, Maximum = {|TR1087:5|}, Retention = \"1d\")] public sealed record V(string P);", "at least the Minimum, 6")]
    [InlineData("[PeriodCounter(\"v:{P}\", PeriodUnits.Day, Retention = \"1d\")] public sealed record V(string P, long {|TR1091:Count|});", "'V.Count' is no part of the key")]
    [InlineData("[PeriodCounter(\"v:{P}\", PeriodUnits.Day, Retention = \"1d\")] public sealed record V([property: {|TR1016:Member|}] string P);", "it is for [Leaderboard]")]
    [InlineData("[PeriodCounter(\"v:{P}\", PeriodUnits.Day, Retention = \"1d\"), {|TR1016:Expires(\"1d\")|}] public sealed record V(string P);", "as Retention says")]
    [InlineData("[PeriodCounter(\"v:{P}\", PeriodUnits.Day, Retention = \"1d\")] public sealed record V([property: {|TR1016:RedisField(\"x\")|}] string P);", "keeps no property")]
    [InlineData("[PeriodCounter(\"v:{P}\", PeriodUnits.Day, Retention = \"1d\"), UniqueCounter(\"w:{P}\", PeriodUnits.Day, Retention = \"1d\"), {|TR1016:Expires(\"1d\")|}] public sealed record V(string P, [property: Member] int X);", "[Expires] has no effect on 'V'")]
    [InlineData("[PeriodCounter(\"v:{P}\", PeriodUnits.Minute, Retention = \"1d\", TimeZone = {|TR1088:\"Europe/Berlin\"|})] public sealed record V(string P);", "add days, weeks, months or years")]
    [InlineData("[UniqueCounter(\"v:{P}\", PeriodUnits.Day, Retention = \"1d\")] public sealed record {|TR1080:V|}(string P);", "whom or what it counts")]
    [InlineData("[{|TR1085:UniqueCounter(\"v:{P}\", PeriodUnits.Day)|}] public sealed record V(string P, [property: Member] int X);", "how long a count stays")]
    [InlineData("[ActivityBitmap(\"v:{P}\", PeriodUnits.Day, MaxId = 1, Retention = \"1d\")] public sealed record {|TR1080:V|}(string P);", "whom or what it records")]
    [InlineData("[{|TR1085:ActivityBitmap(\"v:{P}\", PeriodUnits.Day, Retention = \"1d\")|}] public sealed record V(string P, [property: Member] int X);", "how many ids there can be")]
    [InlineData("[{|TR1085:ActivityBitmap(\"v:{P}\", PeriodUnits.Day, MaxId = 1)|}] public sealed record V(string P, [property: Member] int X);", "how long a bitmap stays")]
    [InlineData("[ActivityBitmap(\"v:{P}\", PeriodUnits.Day, MaxId = {|TR1087:4_294_967_295|}, Retention = \"1d\")] public sealed record V(string P, [property: Member] int X);", "from 0 to 4294967294")]
    [InlineData("[ActivityBitmap(\"v:{P}\", PeriodUnits.Day, MaxId = {|TR1087:-1|}, Retention = \"1d\")] public sealed record V(string P, [property: Member] int X);", "MaxId = -1")]
    [InlineData("[ActivityBitmap(\"v:{P}\", PeriodUnits.Day, MaxId = 1, MapIds = {|TR1088:true|}, Retention = \"1d\")] public sealed record V(string P, [property: Member] Guid X);", "is numbered in any case")]
    [InlineData("[ActivityBitmap(\"v:{P}\", PeriodUnits.Day, MaxId = 1, MapIds = {|TR1088:true|}, Retention = \"1d\")] public sealed record V(string P, [property: Member] int X, [property: Member] int Y);", "is numbered in any case")]
    public async Task Wrong(string model, string message) => Assert.Contains(message, await Diagnose.Message(model), StringComparison.Ordinal);

    [Theory]
    [InlineData("[PeriodCounter(\"v:{P}\", PeriodUnits.Day, Retention = \"1d\"), UniqueCounter(\"{|TR1007:v:{P}|}\", PeriodUnits.Day, Retention = \"1d\")] public sealed record V(string P, [property: Member] int X);", "both produce the key '{v:a}'")]
    [InlineData("[PeriodCounter(\"v:{#P}\", PeriodUnits.Day, Retention = \"1d\")] public sealed record V(string P); [RedisHash(\"{|TR1007:v:{#P}|}\")] public sealed record W(string P);", "both produce the key 'v:{a}'")]
    [InlineData("[PeriodCounter(\"v:{#P}\", PeriodUnits.Day | PeriodUnits.Week, Retention = \"1d\")] public sealed record V(string P); [RedisHash(\"{|TR1007:v:{#P}:{Kind}:{Id}|}\")] public sealed record W(string P, string Kind, string Id);", "both produce the key 'v:{a}:d:1000-01-01'")]
    [InlineData("[RedisHash(\"v:{#P}:h:{Id}\")] public sealed record W(string P, string Id); [UniqueCounter(\"{|TR1007:v:{#P}|}\", PeriodUnits.Hour, Retention = \"1d\")] public sealed record V(string P, [property: Member] int X);", "both produce the key 'v:{a}:h:1000-01-01T00'")]
    [InlineData("[Leaderboard(\"v:{#P}\", Windows = PeriodUnits.Week)] public sealed record V(string P, [property: Member] int X, [property: Score] int Y); [RedisHash(\"{|TR1007:v:{#P}:w:{Id}|}\")] public sealed record W(string P, string Id);", "both produce the key 'v:{a}:w:1000-W01'")]
    [InlineData("[Leaderboard(\"v:{#P}\", Ties = LeaderboardTies.FirstArrival)] public sealed record V(string P, [property: Member] int X, [property: Score] int Y); [RedisHash(\"{|TR1007:v:{#P}:a|}\")] public sealed record W(string P);", "both produce the key 'v:{a}:a'")]
    [InlineData("[Leaderboard(\"v:{#P}\", Windows = PeriodUnits.Day, Ties = LeaderboardTies.FirstArrival)] public sealed record V(string P, [property: Member] int X, [property: Score] int Y); [RedisHash(\"{|TR1007:v:{#P}:d:{Day}:{Kind}|}\")] public sealed record W(string P, DateOnly Day, string Kind);", "both produce the key 'v:{a}:d:1000-01-01:a'")]
    [InlineData("[Leaderboard(\"v:{#P}\", History = 1)] public sealed record V(string P, [property: Member] int X, [property: Member] Guid Y, [property: Score] int Z); [RedisHash(\"{|TR1007:v:{#P}:{Kind}:{Id}:{Token}|}\")] public sealed record W(string P, string Kind, long Id, Guid Token);", "both produce the key 'v:{a}:s:0:")]
    [InlineData("[ActivityBitmap(\"v:{#P}\", PeriodUnits.Day, MaxId = 512_000, Retention = \"1d\")] public sealed record V(string P, [property: Member] int X); [RedisHash(\"{|TR1007:v:{#P}:d:{Day}:s:{Id}|}\")] public sealed record W(string P, DateOnly Day, int Id);", "both produce the key 'v:{a}:d:1000-01-01:s:0'")]
    [InlineData("[ActivityBitmap(\"v:{#P}\", PeriodUnits.Day, MaxId = 1, Retention = \"1d\")] public sealed record V(string P, [property: Member] Guid X); [RedisHash(\"{|TR1007:v:{#P}:ids|}\")] public sealed record W(string P);", "both produce the key 'v:{a}:ids'")]
    [InlineData("[ActivityBitmap(\"v:{#P}\", PeriodUnits.Day, MaxId = 1, MapIds = true, Retention = \"1d\")] public sealed record V(string P, [property: Member] int X); [RedisHash(\"{|TR1007:v:{#P}:given|}\")] public sealed record W(string P);", "both produce the key 'v:{a}:given'")]
    [InlineData("[ActivityBitmap(\"v:{#P}\", PeriodUnits.Day, MaxId = 1, Retention = \"1d\")] public sealed record V(string P, [property: Member] int X); [RedisHash(\"{|TR1007:v:{#P}:scratch|}\")] public sealed record W(string P);", "both produce the key 'v:{a}:scratch'")]
    [InlineData("[RedisString(\"v:{#P}:union\")] public sealed record W(string P); [UniqueCounter(\"{|TR1007:v:{#P}|}\", PeriodUnits.Hour, Retention = \"1d\")] public sealed record V(string P, [property: Member] int X);", "both produce the key 'v:{a}:union'")]
    public async Task Keys_with_their_tags_overlap(string models, string message) => Assert.Contains(message, await Diagnose.Message(models), StringComparison.Ordinal);

    [Theory]
    [InlineData("[Leaderboard(\"v:{#P}\")] public sealed record V(string P, [property: Member] int X, [property: Score] int Y); [RedisHash(\"v:{#P}:a\")] public sealed record W(string P); [RedisHash(\"v:{#P}:s:{Id}\")] public sealed record S(string P, int Id);")]
    [InlineData("[Leaderboard(\"v:{#P}\", Windows = PeriodUnits.Day, Ties = LeaderboardTies.FirstArrival, History = 2)] public sealed record V(string P, [property: Member] int X, [property: Score] int Y); [RedisHash(\"v:{#P}:a\")] public sealed record W(string P); [RedisHash(\"v:{#P}:s:{Id}\")] public sealed record S(string P, Guid Id);")]
    [InlineData("[ActivityBitmap(\"v:{#P}\", PeriodUnits.Day, MaxId = 511_999, Retention = \"1d\")] public sealed record V(string P, [property: Member] int X); [RedisHash(\"v:{#P}:d:{Day}:s:{Id}\")] public sealed record W(string P, DateOnly Day, int Id); [RedisHash(\"v:{#P}:ids\")] public sealed record S(string P);")]
    [InlineData("[PeriodCounter(\"v:{#P}\", PeriodUnits.Day, Retention = \"1d\")] public sealed record V(string P); [RedisHash(\"v:{#P}:{Kind}:{Id}\")] public sealed record W(string P, int Kind, string Id);")]
    [InlineData("[PeriodCounter(\"v:{#P}\", PeriodUnits.Day, Retention = \"1d\")] public sealed record V(string P); [RedisHash(\"v:{#P}:d:{Id}\")] public sealed record W(string P, int Id);")]
    [InlineData("[PeriodCounter(\"v:{#P}\", PeriodUnits.Day, Retention = \"1d\")] public sealed record V(string P); [RedisHash(\"v:{#P}:w:{Id}\")] public sealed record W(string P, string Id);")]
    [InlineData("[Leaderboard(\"v:{#P}\")] public sealed record V(string P, [property: Member] int X, [property: Score] int Y); [RedisHash(\"v:{#P}:{Kind}:{Id}\")] public sealed record W(string P, string Kind, string Id);")]
    [InlineData("[PeriodCounter(\"v:{P}\", PeriodUnits.Day, Retention = \"1d\")] public sealed record V(string P); [RedisHash(\"v:{P}:{Kind}:{Id}\")] public sealed record W(string P, string Kind, string Id);")]
    [InlineData("[PeriodCounter(\"v:{#P}\", PeriodUnits.Day, Retention = \"1d\"), UniqueCounter(\"v:{#P}:u\", PeriodUnits.Day, Retention = \"1d\")] public sealed record V(string P, [property: Member] int X);")]
    public Task Keys_of_periods_leave_others_alone(string models) => Diagnose.Verify(models);

    [Fact]
    public async Task Keys_of_another_assembly_have_their_tags_too()
    {
        var library = Generated.From("using TypedRedis; [PeriodCounter(\"v:{P}\", PeriodUnits.Day, Retention = \"1d\")] public sealed record V(string P);", assembly: "Library").ToReference();
        Assert.Empty(await Diagnose.RunAsync(Diagnose.Compile("[RedisHash(\"v:{P}\"), Expires(\"1d\")] public sealed record W(string P);", "App", library)));
        var diagnostic = Assert.Single(await Diagnose.RunAsync(Diagnose.Compile("[PeriodCounter(\"v:{P}\", PeriodUnits.Day, Retention = \"1d\")] public sealed record W(string P);", "App", library)));
        Assert.Contains("both produce the key '{v:a}'", diagnostic.GetMessage(), StringComparison.Ordinal);
    }
}
