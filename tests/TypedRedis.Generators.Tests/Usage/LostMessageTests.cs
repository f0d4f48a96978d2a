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
    public Task News_of_work() => Use.VerifyStatements("""
        await subscriber.PublishAsync(new RedisChannel("order.updated", RedisChannel.PatternMode.Literal), id);
        await subscriber.PublishAsync(new RedisChannel("payments_failed", RedisChannel.PatternMode.Literal), id);
        await subscriber.PublishAsync(new RedisChannel("tasks/progress", RedisChannel.PatternMode.Literal), id);
        await subscriber.PublishAsync(new RedisChannel("email-notification", RedisChannel.PatternMode.Literal), id);
        await subscriber.PublishAsync(new RedisChannel("invoice:cache:invalidate", RedisChannel.PatternMode.Literal), id);
        await subscriber.PublishAsync(new RedisChannel("commander", RedisChannel.PatternMode.Literal), id);
        """);

    [Fact]
    public Task Whoever_listens_and_what_is_no_channel() => Use.Verify("""
        class Bus
        {
            public void Publish(string channel, string message) { }
        }

        class Mail(ISubscriber subscriber, Bus bus, RedisChannel jobs)
        {
            private static readonly RedisChannel Orders = new("orders", RedisChannel.PatternMode.Literal);

            public void Run()
            {
                subscriber.Subscribe(new RedisChannel("jobs", RedisChannel.PatternMode.Literal), (_, _) => { });
                subscriber.Unsubscribe(new RedisChannel("jobs", RedisChannel.PatternMode.Literal));
                bus.Publish("jobs", "x");
                subscriber.Publish(jobs, "x");
                subscriber.Publish(Orders, "x");
            }
        }
        """);

    [Theory]
    [InlineData("db.StreamAdd(\"jobs\", \"id\", id);")]
    [InlineData("await db.SortedSetAddAsync(\"jobs\", id, 1);")]
    [InlineData("db.HashSet(\"job:\" + id, \"state\", \"new\");")]
    [InlineData("db.ListRightPush(\"jobs\", id);")]
    public Task Beside_what_stores_it(string store) => Use.VerifyStatements(store + """

        await subscriber.PublishAsync(new RedisChannel("jobs", RedisChannel.PatternMode.Literal), "");
        """);

    [Fact]
    public Task Beside_a_queue_it_only_wakes_somebody_up() => Use.VerifyStatements("""
        await db.ListLeftPushAsync("jobs:" + id, "x");
        await subscriber.PublishAsync(new RedisChannel("jobs", RedisChannel.PatternMode.Literal), "");
        """);
}
