namespace TypedRedis.Generators.Tests.Usage;

public class CultureTests
{
    [Fact]
    public Task In_keys() => Use.Verify("""
        class Prices(IDatabase db)
        {
            public void Read(decimal price, DateTime at, DateTimeOffset? until, DateOnly day)
            {
                db.StringGet($"price:{{|TR2012:price|}}");
                db.StringGet("of:" + {|TR2012:at|});
                db.StringGet("on:" + {|TR2012:at.ToString("yyyy-MM-dd")|});
                db.StringGet($"to:{{|TR2012:until|}}");
                db.StringGet($"day:{{|TR2012:day|}:yyyy-MM-dd}");
            }
        }
        """);

    [Fact]
    public Task In_values_and_by_way_of_a_local() => Use.Verify("""
        class Prices(IDatabase db)
        {
            public async Task Write(RedisKey key, double price, DateTime at)
            {
                await db.HashSetAsync(key, "price", {|TR2012:price.ToString()|});
                var text = $"{{|TR2012:price|}:0.00};{id}";
                await db.StringSetAsync(key, text);
                await db.StringSetAsync(key, text);
            }

            private const int id = 1;
        }
        """);

    [Fact]
    public Task The_same_everywhere() => Use.Verify("""
        using System.Globalization;

        class Prices(IDatabase db)
        {
            public void Write(RedisKey key, double price, DateTime at, int count, Guid guid, DayOfWeek day, TimeSpan time)
            {
                db.StringSet(key, price);
                db.StringSet(key, price.ToString(CultureInfo.InvariantCulture));
                db.StringSet(key, at.ToString("O"));
                db.StringSet(key, at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                db.StringSet(key, at.ToString("HHmm"));
                db.StringSet(key, $"{at:o}");
                db.StringSet(key, FormattableString.Invariant($"{price}"));
                db.StringSet(key, string.Create(CultureInfo.InvariantCulture, $"{price}"));
                db.StringSet(key, $"{count}:{guid:N}:{day}:{at.Ticks}");
                db.StringSet(key, price.ToString("F0"));
            }
        }
        """);

    [Fact]
    public Task Texts_that_are_not_sent() => Use.VerifyStatements("""
        Console.WriteLine($"{1.5 * id.Length}");
        var text = "" + DateTime.Now;
        """);
}
