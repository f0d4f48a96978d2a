using System.Text;
using StackExchange.Redis;

namespace TypedRedis.Tests.Keys;

/// <summary>The exact text of keys, and what is refused.</summary>
public class KeyTextTests
{
    [Theory]
    [InlineData(0, "user:0")]
    [InlineData(42, "user:42")]
    [InlineData(-7, "user:-7")]
    [InlineData(long.MinValue, "user:-9223372036854775808")]
    [InlineData(long.MaxValue, "user:9223372036854775807")]
    public void Integers_are_decimal(long id, string text) => Cultures.ForEach(() => Assert.Equal(text, new UserKey(id).ToString()));

    [Theory]
    [InlineData("", "name:")]
    [InlineData("plain-text_1.2", "name:plain-text_1.2")]
    [InlineData("a b/c@d#e", "name:a b/c@d#e")]
    [InlineData("a:b", "name:a%3Ab")]
    [InlineData("{x}", "name:%7Bx%7D")]
    [InlineData("100%", "name:100%25")]
    [InlineData("*?[]\\", "name:%2A%3F%5B%5D%5C")]
    [InlineData("a\0b\r\n\u007f", "name:a%00b%0D%0A%7F")]
    [InlineData("ünï\u0085😀", "name:ünï\u0085😀")]
    public void Only_what_has_a_meaning_in_a_key_is_escaped(string name, string text) => Assert.Equal(text, new NameKey(name).ToString());

    [Fact]
    public void The_hash_tag_stands_in_braces() => Assert.Equal("cart:{4%7D2}:items", new CartKey("4}2").ToString());

    [Fact]
    public void Every_part_has_one_text_in_every_culture()
        => Cultures.ForEach(static () =>
        {
            var at = new DateTimeOffset(2025, 3, 1, 1, 30, 59, TimeSpan.FromHours(3));
            Assert.Equal("visit:Pro:%3A:2025-02-28 22%3A30", new VisitKey(Plan.Professional, ':', at).ToString());
            var key = new DayKey(true, Guid.AllBitsSet, new DateOnly(2025, 12, 31), new TimeOnly(23, 59, 58, 7), -42);
            Assert.Equal($"day:1{new string('f', 32)}-20251231-2359580070000--000042", key.ToString());
        });

    [Theory]
    [InlineData("user:")]
    [InlineData("user:007")]
    [InlineData("user:+7")]
    [InlineData("user:-0")]
    [InlineData("user:00")]
    [InlineData("user: 7")]
    [InlineData("user:7 ")]
    [InlineData("user:7\0")]
    [InlineData("user:7:")]
    [InlineData("user:7.0")]
    [InlineData("user:1e3")]
    [InlineData("user:1,000")]
    [InlineData("user:%37")]
    [InlineData("user:٧")]
    [InlineData("user:9223372036854775808")]
    [InlineData("User:7")]
    [InlineData("user")]
    [InlineData("")]
    public void Another_text_of_an_integer_is_no_key(string text) => AssertRefused<UserKey>(text);

    [Theory]
    [InlineData("name:a%3ab")]
    [InlineData("name:%41")]
    [InlineData("name:%")]
    [InlineData("name:%2")]
    [InlineData("name:%GG")]
    [InlineData("name:a:b")]
    [InlineData("name:a{b")]
    [InlineData("name:a}b")]
    [InlineData("name:a*b")]
    [InlineData("name:a?b")]
    [InlineData("name:a[b")]
    [InlineData("name:a]b")]
    [InlineData("name:a\\b")]
    [InlineData("name:a\nb")]
    [InlineData("name:a\u007fb")]
    public void Another_text_of_a_string_is_no_key(string text) => AssertRefused<NameKey>(text);

    [Theory]
    [InlineData("file:00000000-0000-0000-0000-00000000000A:x")]
    [InlineData("file:0000000000000000000000000000000a:x")]
    [InlineData("file:{00000000-0000-0000-0000-00000000000a}:x")]
    [InlineData("file:00000000-0000-0000-0000-00000000000a")]
    public void Another_text_of_a_Guid_is_no_key(string text) => AssertRefused<FileKey>(text);

    [Theory]
    [InlineData("visit:Professional:a:2025-01-01 00%3A00")]
    [InlineData("visit:5:a:2025-01-01 00%3A00")]
    [InlineData("visit:pro:a:2025-01-01 00%3A00")]
    [InlineData("visit:2147483648:a:2025-01-01 00%3A00")]
    [InlineData("visit:07:a:2025-01-01 00%3A00")]
    [InlineData("visit::a:2025-01-01 00%3A00")]
    [InlineData("visit:Pro::2025-01-01 00%3A00")]
    [InlineData("visit:Pro:ab:2025-01-01 00%3A00")]
    [InlineData("visit:Pro:😀:2025-01-01 00%3A00")]
    [InlineData("visit:Pro:a:2025-01-01 00%3a00")]
    [InlineData("visit:Pro:a:2025-02-30 00%3A00")]
    [InlineData("visit:Pro:a:2025-1-1 00%3A00")]
    [InlineData("visit:Pro:a:2025-01-01 00%3A00 ")]
    [InlineData("visit:Pro:a: 2025-01-01 00%3A00")]
    public void Another_text_of_an_enum_a_character_or_an_instant_is_no_key(string text) => AssertRefused<VisitKey>(text);

    [Theory]
    [InlineData("cart:{}:items")]
    [InlineData("cart:a:items")]
    [InlineData("cart:{a:items")]
    public void A_hash_tag_is_in_braces_and_not_empty(string text) => AssertRefused<CartKey>(text);

    [Fact]
    public void Bytes_that_are_no_UTF8_are_no_key()
    {
        Assert.False(NameKey.TryParse([.. "name:"u8, 0xFF], out _));
        Assert.False(NameKey.TryParse([.. "name:"u8, 0xC0, 0x80], out _));
        Assert.False(NameKey.TryParse([.. "name:"u8, 0xED, 0xA0, 0x80], out _));
        Assert.False(NameKey.TryParse("name:\ud800".AsSpan(), out _));
    }

    [Fact]
    public void A_key_that_was_never_made_names_its_part()
    {
        Assert.Contains("'Name'", Assert.Throws<InvalidOperationException>(() => default(NameKey).ToRedisKey()).Message);
        Assert.Contains("'A'", Assert.Throws<InvalidOperationException>(() => default(PairKey).ToRedisKey()).Message);
        Assert.Contains("'B'", Assert.Throws<InvalidOperationException>(() => new PairKey("a", null!).ToRedisKey()).Message);
        Assert.Contains("'Owner'", Assert.Throws<InvalidOperationException>(() => default(CartKey).ToRedisKey()).Message);
        Assert.Equal("user:0", default(UserKey).ToString());
    }

    [Fact]
    public void An_empty_hash_tag_names_its_part()
    {
        ArgumentException error = Assert.Throws<ArgumentException>("Owner", () => new CartKey("").ToRedisKey());
        Assert.Contains("hash tag", error.Message);
    }

    [Fact]
    public void Half_of_a_surrogate_pair_names_its_part_its_place_and_its_text()
    {
        Always.Holds(Gens.LoneSurrogate, static value =>
        {
            ArgumentException error = Assert.Throws<ArgumentException>("Name", () => new NameKey(value.Text).ToRedisKey());
            Assert.Contains($"at index {value.Index} ", error.Message);
        });
        Assert.Contains("'ab\\uD800:'", Assert.Throws<ArgumentException>(() => new NameKey("ab\ud800:").ToRedisKey()).Message);
        Assert.Contains("'Letter'", Assert.Throws<ArgumentException>("Letter", () => new VisitKey(Plan.Free, '\udc00', default).ToRedisKey()).Message);
    }

    [Fact]
    public void Long_keys_leave_the_stack()
    {
        foreach (int length in (int[])[100, 123, 124, 200, 5000, 100_000])
        {
            foreach (char value in "x:é€")
            {
                var key = new PairKey(new string(value, length), "end");
                byte[] bytes = key.ToRedisKey()!;
                Assert.Equal($"pair:{new string(value, length).Replace(":", "%3A")}:end", Encoding.UTF8.GetString(bytes));
                Assert.True(PairKey.TryParse(bytes, out PairKey parsed));
                Assert.Equal(key, parsed);
                Assert.True(PairKey.TryParse(key.ToString().AsSpan(), out parsed));
                Assert.Equal(key, parsed);
            }
        }
    }

    [Fact]
    public void A_key_is_bytes_for_the_driver()
    {
        RedisKey key = new NameKey("ü").ToRedisKey();
        Assert.Equal("name:ü"u8.ToArray(), (byte[]?)key);
        Assert.Equal((RedisKey)"name:ü", key);
    }

    private static void AssertRefused<TKey>(string text)
        where TKey : struct, IRedisKey<TKey>
    {
        Assert.False(TKey.TryParse(text.AsSpan(), out TKey key));
        Assert.Equal(default, key);
        Assert.False(TKey.TryParse(Encoding.UTF8.GetBytes(text), out key));
        Assert.Equal(default, key);
    }
}
