using StackExchange.Redis;

namespace TypedRedis.Tests.Evolution;

/// <summary>The fields that upgrades work on.</summary>
public class ModelFieldsTests
{
    [Fact]
    public void Fields_are_read_assigned_and_removed()
    {
        var fields = new ModelFields { ["a"] = "text", ["n"] = 12, ["b"] = new byte[] { 255 } };
        Assert.Equal(3, fields.Count);
        Assert.Equal("text", fields["a"]);
        Assert.Equal(12, (long)fields["n"]);
        Assert.Equal([255], (byte[])fields["b"]!);
        Assert.True(fields["A"].IsNull);
        Assert.False(fields.Contains("A"));
        fields["a"] = RedisValue.Null;
        Assert.False(fields.Contains("a"));
        Assert.False(fields.Remove("a"));
        fields["a"] = "";
        Assert.True(fields.Contains("a"));
        Assert.True(fields.Remove("n"));
        Assert.Equal(["a", "b"], fields.Names.Order());
        Assert.Equal(["a", "b"], fields.Select(field => field.Key).Order());
    }

    [Fact]
    public void Names_are_given_anew()
    {
        var fields = new ModelFields([new("a", 1), new("b", 2), new("none", RedisValue.Null)]);
        Assert.Equal(2, fields.Count);
        Assert.True(fields.Rename("a", "c"));
        Assert.False(fields.Rename("a", "b"));
        Assert.Equal(2, fields["b"]);
        Assert.True(fields.Rename("b", "c"));
        Assert.True(fields.Rename("c", "c"));
        Assert.False(fields.Rename("x", "x"));
        Assert.Equal([new("c", 2)], fields);
    }

    [Fact]
    public void Names_of_the_runtime_are_refused()
    {
        var fields = new ModelFields();
        Assert.Contains("'_v'", Assert.Throws<ArgumentException>(() => fields["_v"] = 3).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => fields[""] = 3);
        Assert.Throws<ArgumentException>(() => fields.Remove("_"));
        Assert.Throws<ArgumentException>(() => fields.Rename("a", "_ix"));
        Assert.Throws<ArgumentException>(() => fields.Rename("_ix", "a"));
        Assert.Throws<ArgumentNullException>(() => fields[null!]);
        Assert.Throws<ArgumentException>(() => new ModelFields([new("_x", 1)]));
        Assert.True(fields["_v"].IsNull);
    }
}

/// <summary>What schemas say of the stored form.</summary>
public class SchemaHashTests
{
    private const string Manifest = """{"kind":"hash","key":"user:{Id}","parts":[{"name":"Id","type":"integer"}],"fields":[{"name":"a","member":"A","type":"int","encoding":"number","nullable":false},{"name":"b","member":"B","type":"string","encoding":"text","nullable":true}],"indexes":[{"name":"a","kind":"exact","members":["A"]}],"version":1}""";

    [Fact]
    public void The_hash_stays() => Assert.Equal("4ee51daeb9734089", RedisSchemas.HashOf(Manifest));

    [Theory]
    [InlineData("\"member\":\"A\"", "\"member\":\"X\"", true)]
    [InlineData("\"version\":1", "\"expiry\":{\"ms\":1,\"sliding\":true},\"version\":1", true)]
    [InlineData("\"nullable\":true", "\"nullable\":false", false)]
    [InlineData("\"number\"", "\"json\"", false)]
    [InlineData("\"int\"", "\"long\"", false)]
    [InlineData("\"exact\"", "\"unique\"", false)]
    [InlineData("user:", "account:", false)]
    [InlineData("\"version\":1", "\"modelVersion\":2,\"version\":1", false)]
    public void Only_the_stored_form_counts(string from, string to, bool same)
    {
        Assert.Contains(from, Manifest, StringComparison.Ordinal);
        Assert.Equal(same, RedisSchemas.HashOf(Manifest) == RedisSchemas.HashOf(Manifest.Replace(from, to, StringComparison.Ordinal)));
    }

    private const string Board = """{"kind":"leaderboard","key":"{board:{Mode}}","parts":[{"name":"Mode","type":"enum"}],"member":[{"name":"Player","type":"text"}],"score":{"member":"Points","type":"int","encoding":"integer"},"mode":"best","ties":"lexicographic","units":["day","allTime"],"timeZone":"Europe/Berlin","retentionMs":1000,"history":{"count":5,"retentionMs":1000},"version":1}""";

    [Theory]
    [InlineData("Player", "Gamer", true)]
    [InlineData("Points", "Cents", true)]
    [InlineData("\"type\":\"int\"", "\"type\":\"long\"", true)]
    [InlineData("\"retentionMs\":1000,\"history\"", "\"retentionMs\":2000,\"history\"", true)]
    [InlineData("\"count\":5", "\"count\":6", true)]
    [InlineData("\"text\"", "\"guid\"", false)]
    [InlineData("\"encoding\":\"integer\"", "\"encoding\":\"ticks\"", false)]
    [InlineData("\"best\"", "\"lowest\"", false)]
    [InlineData("\"lexicographic\"", "\"firstArrival\"", false)]
    [InlineData("[\"day\",", "[\"week\",", false)]
    [InlineData("Europe/Berlin", "Europe/Paris", false)]
    [InlineData("leaderboard", "trend", false)]
    public void Of_what_ranks_and_counts_too(string from, string to, bool same)
    {
        Assert.Contains(from, Board, StringComparison.Ordinal);
        Assert.Equal(same, RedisSchemas.HashOf(Board) == RedisSchemas.HashOf(Board.Replace(from, to, StringComparison.Ordinal)));
    }
}
