namespace TypedRedis.Generators.Tests.Usage;

public class LostMessageTests
{
    [Fact]
    public Task Work() => Use.VerifyStatements("""
        await subscriber.PublishAsync({|TR2015:new RedisChannel("jobs", RedisChannel.PatternMode.Literal)|}, id);
        db.Publish({|TR2015:new RedisChannel("email:" + id, RedisChannel.PatternMode.Auto)|}, "x");
        """);

    [Fact]
    public Task By_the_name_alone() => Use.Verify("""
        class Mail(ISubscriber subscriber)
        {
            public Task Send() => subscriber.PublishAsync({|TR2015:RedisChannel.Literal("mail-queue")|}, "x");
        }
        """);

    [Fact]
    public Task What_happened_and_other_channels() => Use.VerifyStatements("""
        await subscriber.PublishAsync(new RedisChannel("orders:created", RedisChannel.PatternMode.Literal), id);
        await subscriber.PublishAsync(new RedisChannel("job-status", RedisChannel.PatternMode.Literal), id);
        await subscriber.PublishAsync(new RedisChannel("chat:" + id, RedisChannel.PatternMode.Literal), id);
        await subscriber.PublishAsync(new RedisChannel("jobless", RedisChannel.PatternMode.Literal), id);
        await subscriber.PublishAsync(new RedisChannel(id, RedisChannel.PatternMode.Literal), id);
        """);

    [Fact]
    public Task Beside_a_queue_it_only_wakes_somebody_up() => Use.VerifyStatements("""
        await db.ListLeftPushAsync("jobs:" + id, "x");
        await subscriber.PublishAsync(new RedisChannel("jobs", RedisChannel.PatternMode.Literal), "");
        """);
}
