using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Tests.Diagnostics;

/// <summary>TR1070 to TR1074, and what the rules for all kinds say of <c>[CacheAside]</c>.</summary>
public class CacheRuleTests
{
    [Theory]
    [InlineData("Ttl = \"10m\"")]
    [InlineData("Ttl = \"1ms\"")]
    [InlineData("Ttl = \"10m\", Jitter = 0")]
    [InlineData("Ttl = \"10m\", Jitter = 0.9")]
    [InlineData("Ttl = \"10m\", RefreshAhead = 0")]
    [InlineData("Ttl = \"10m\", RefreshAhead = 0.1")]
    [InlineData("Ttl = \"10m\", RefreshAhead = 0.95")]
    [InlineData("Ttl = \"10m\", NegativeTtl = \"10m\", LocalTtl = \"600s\"")]
    [InlineData("Ttl = \"10m\", NegativeTtl = null, SoftTimeout = null, Tags = null!")]
    [InlineData("Ttl = \"10m\", NegativeTtl = \"off\", FailSafe = CacheAsideAttribute.Off, SoftTimeout = CacheAsideAttribute.Off, LocalTtl = \"off\"")]
    [InlineData("Ttl = \"10m\", FailSafe = \"1d\", SoftTimeout = \"4999ms\"")]
    [InlineData("Ttl = \"10m\", FailSafe = \"1d\", LoadTimeout = \"50ms\"")]
    [InlineData("Ttl = \"10m\", FailSafe = \"1d\", SoftTimeout = \"off\", LoadTimeout = \"1d\"")]
    [InlineData("Ttl = \"10m\", LocalSize = \"1\"")]
    [InlineData("Ttl = \"10m\", LocalSize = \"2147483647\"")]
    [InlineData("Ttl = \"10m\", LocalSize = \"1KB\"")]
    [InlineData("Ttl = \"10m\", LocalSize = \"16GB\"")]
    [InlineData("Ttl = \"10m\", LocalTtl = \"off\", ShareInstances = false")]
    [InlineData("Ttl = \"10m\", Version = 7, Tags = [\"all\", \"category:{Category}\", \"brand:{Brand}:{Category}\", \"BRAND-of:{Brand}\", \"age:{Age:D3}\"]")]
    public Task Right(string options) => Diagnose.Verify(Model(options));

    [Theory]
    [InlineData("[{|TR1070:CacheAside(\"product:{Id}\")|}]")]
    [InlineData("[{|TR1070:CacheAside(\"product:{Id}\", Ttl = null)|}]")]
    [InlineData("[Obsolete, {|TR1070:CacheAsideAttribute(\"product:{Id}\", Version = 2)|}]")]
    public async Task A_cache_has_a_time_to_live(string attributes)
        => Assert.Equal("'Product' is cached without a Ttl: say how long an entry is fresh, as in [CacheAside(…, Ttl = \"10m\")]", await Diagnose.Message(attributes + " public sealed record Product(long Id, string Name);"));

    [Theory]
    [InlineData("Ttl = \"{|TR1019:soon|}\"", "a number is missing")]
    [InlineData("Ttl = {|TR1019:\"\"|}", "it is empty")]
    [InlineData("Ttl = \"{|TR1019:off|}\"", "a number is missing")]
    [InlineData("Ttl = \"{|TR1019:0s|}\"", "it is zero")]
    [InlineData("Ttl = @\"1h30{|TR1019: m|}\"", "there is no such unit")]
    [InlineData("Ttl = \"10m\", NegativeTtl = \"1{|TR1019:y|}\"", "or CacheAsideAttribute.Off")]
    [InlineData("Ttl = \"10m\", FailSafe = \"{|TR1019:Off|}\"", "or CacheAsideAttribute.Off")]
    [InlineData("Ttl = \"10m\", SoftTimeout = \"{|TR1019:0ms|}\"", "it is zero; ")]
    [InlineData("Ttl = \"10m\", LoadTimeout = \"{|TR1019:off|}\"", "\"1h30m\" or \"500ms\"")]
    [InlineData("Ttl = \"10m\", LocalTtl = {|TR1019:null!|}", "it is empty")]
    public async Task Durations(string options, string message)
    {
        string found = await Diagnose.Message(Model(options));
        Assert.StartsWith("The duration of 'Product' cannot be read at ", found, StringComparison.Ordinal);
        Assert.Contains(message, found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("64{|TR1030: entries|}", "there is no such unit")]
    [InlineData("{|TR1030:many|}", "a number is missing")]
    [InlineData("64{|TR1030:B|}", "there is no such unit")]
    [InlineData("10{|TR1030:,000|}", "there is no such unit")]
    [InlineData("{|TR1030:2147483648|}", "no process holds as much")]
    [InlineData("{|TR1030:99999999999GB|}", "no process holds as much")]
    [InlineData("{|TR1030:99999999999999999999|}", "no process holds as much")]
    public async Task Sizes(string size, string message)
    {
        string found = await Diagnose.Message(Model($"Ttl = \"10m\", LocalSize = \"{size}\""));
        Assert.Contains(message, found, StringComparison.Ordinal);
        Assert.Contains("such as \"64MB\"", found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Jitter = {|TR1071:1|}", "'Product' cannot have Jitter = 1: it must be from 0 to 0.9")]
    [InlineData("Jitter = {|TR1071:-0.1|}", "Jitter = -0.1")]
    [InlineData("Jitter = {|TR1071:double.NaN|}", "Jitter = NaN")]
    [InlineData("RefreshAhead = {|TR1071:0.05|}", "it must be 0, or from 0.1 to 0.95")]
    [InlineData("RefreshAhead = {|TR1071:0.96|}", "RefreshAhead = 0.96")]
    [InlineData("HotCopies = {|TR1071:1|}", "HotCopies = 1: it must be from 2 to 64")]
    [InlineData("HotCopies = {|TR1071:65|}", "HotCopies = 65")]
    [InlineData("Version = {|TR1071:0|}", "Version = 0: it must be at least 1")]
    [InlineData("LoadTimeout = {|TR1071:\"25h\"|}", "LoadTimeout = \"25h\": it must be at most a day")]
    [InlineData("LocalSize = {|TR1071:\"0\"|}", "at least 1 entry")]
    [InlineData("LocalSize = {|TR1071:\"0MB\"|}", "at least 1KB")]
    public async Task Ranges(string option, string message) => Assert.Contains(message, await Diagnose.Message(Model("Ttl = \"10m\", " + option)), StringComparison.Ordinal);

    [Theory]
    [InlineData("WriteBehind(BatchSize = {|TR1071:0|})", "BatchSize = 0: it must be from 1 to 1000")]
    [InlineData("WriteBehind(BatchSize = {|TR1071:1001|})", "BatchSize = 1001")]
    [InlineData("WriteBehind(MaxAttempts = {|TR1071:0|})", "MaxAttempts = 0: it must be at least 1")]
    [InlineData("WriteBehind(Partitions = {|TR1071:1025|})", "Partitions = 1025: it must be from 1 to 1024")]
    [InlineData("WriteBehind(WriteTimeout = {|TR1071:\"2d\"|})", "WriteTimeout = \"2d\"")]
    [InlineData("WriteBehind(FlushEvery = \"{|TR1019:off|}\")", "cannot be read at 'off'")]
    [InlineData("WriteThrough(WriteTimeout = \"{|TR1019:0s|}\")", "cannot be read at '0s'")]
    [InlineData("WriteThrough, {|TR1072:WriteBehind|}", "'Product' cannot have [WriteBehind] and [WriteThrough]: one writes to the source at once and the other later; remove one of them")]
    public async Task Writes(string attribute, string message) => Assert.Contains(message, await Diagnose.Message(Model("Ttl = \"10m\"", attribute)), StringComparison.Ordinal);

    [Theory]
    [InlineData("WriteThrough(WriteTimeout = \"1d\")")]
    [InlineData("WriteBehind(BatchSize = 1000, FlushEvery = \"1ms\", MaxAttempts = 1, WriteTimeout = \"1m\", Partitions = 1024)")]
    public Task Writes_that_are_right(string attribute) => Diagnose.Verify(Model("Ttl = \"10m\"", attribute));

    [Theory]
    [InlineData("Ttl = \"10m\", SoftTimeout = {|TR1072:\"1s\"|}", "'Product' cannot have SoftTimeout without FailSafe: there is no older entry to serve meanwhile; set FailSafe, or remove SoftTimeout")]
    [InlineData("Ttl = \"10m\", FailSafe = \"1h\", SoftTimeout = {|TR1072:\"5s\"|}", "SoftTimeout = \"5s\" with LoadTimeout = \"5s\"")]
    [InlineData("Ttl = \"10m\", LocalTtl = \"off\", LocalSize = {|TR1072:\"100\"|}", "LocalSize with LocalTtl off")]
    [InlineData("Ttl = \"10m\", HotTtl = {|TR1072:\"2s\"|}", "HotTtl = \"2s\" with LocalTtl = \"10s\"")]
    [InlineData("Ttl = \"10m\", LocalTtl = \"off\", HotReads = {|TR1072:50|}", "HotReads without HotTtl")]
    [InlineData("Ttl = \"10m\", LocalTtl = \"off\", HotCopies = {|TR1072:4|}", "HotCopies without HotTtl")]
    [InlineData("Ttl = \"10m\", LocalTtl = \"off\", HotTtl = \"2s\", HotCopies = 4, ShareInstances = {|TR1072:true|}", "ShareInstances with HotCopies")]
    [InlineData("Ttl = \"1s\", LocalTtl = \"off\", HotTtl = {|TR1072:\"2s\"|}", "HotTtl = \"2s\" with Ttl = \"1s\"")]
    [InlineData("Ttl = \"10m\", LocalTtl = CacheAsideAttribute.Off, ShareInstances = {|TR1072:true|}", "ShareInstances with LocalTtl off")]
    [InlineData("Ttl = \"10m\", FailSafe = {|TR1072:\"922337203685477ms\"|}", "together they are longer than a TimeSpan holds")]
    [InlineData("Ttl = \"10s\", NegativeTtl = {|TR1072:\"11s\"|}", "NegativeTtl = \"11s\" with Ttl = \"10s\"")]
    [InlineData("Ttl = \"10s\", LocalTtl = {|TR1072:\"1m\"|}", "an entry stays in the process no longer than it is fresh; lower LocalTtl, or raise Ttl")]
    public async Task Contradictions(string options, string message) => Assert.Contains(message, await Diagnose.Message(Model(options)), StringComparison.Ordinal);

    [Theory]
    [InlineData("{|TR1073:\"\"|}", "is wrong at '': it is empty")]
    [InlineData("\"category:{{|TR1073:Categry|}}\"", "The tag template of 'Product' is wrong at 'Categry', which is no property of it: did you mean 'Category'?")]
    [InlineData("\"{|TR1073:{Category}|}\"", "tags begin with text of their own, after which their methods are named")]
    [InlineData("\"price:{{|TR1073:Price|}}\"", "at 'Price', which is of type 'decimal' and cannot be a part: 1.0 and 1.00 are equal but would be two tags")]
    [InlineData("\"labels:{{|TR1073:Labels|}}\"", "which is of type 'string[]'")]
    [InlineData("\"at:{{|TR1073:At|}}\"", "its tag text must be chosen: say how much of it counts, as in '{At:yyyy-MM-dd}'")]
    [InlineData("\"at:{At:{|TR1073:MM|}}\"", "at 'MM': it does not keep the year")]
    [InlineData("\"brand:{{|TR1073:#|}Brand}\"", "a hash tag belongs to a key: leave the '#' out")]
    [InlineData("\"brand:{Brand}:{{|TR1073:Brand|}}\"", "the property is in the tag already")]
    [InlineData("\"brand:{|TR1073:{Brand}|}x\"", "so that two values could share a tag")]
    [InlineData("\"brand{|TR1073: |}x:{Brand}\"", "tag text is printable ASCII")]
    [InlineData("\"brand:{|TR1073:{Brand|}\"", "the '}' of this part is missing")]
    [InlineData("\"{|TR1073:2nd:{Brand}|}\"", "no method can have the name '2nd'")]
    [InlineData("\"{|TR1073::{Brand}|}\"", "no method can have the name ''")]
    [InlineData("\"{|TR1073:equals:{Brand}|}\"", "the class of the tags has a member 'Equals' itself")]
    [InlineData("\"{|TR1073:product-tag:{Brand}|}\"", "the class of the tags has a member 'ProductTag' itself")]
    [InlineData("\"brand:{Brand}\", \"{|TR1073:brand:{Category}|}\"", "its method would be 'Brand', as that of 'brand:{Brand}' is")]
    [InlineData("\"in-stock\", \"{|TR1073:in_stock|}\"", "its method would be 'InStock'")]
    [InlineData("\"brand:{Brand}\", \"{|TR1073:brand:x|}\"", "'brand:{Brand}' can give the same tag, 'brand:x' for one")]
    public async Task Tags(string templates, string message)
    {
        foreach (string array in new[] { $"[{templates}]", $"new[] {{ {templates} }}", $"new string[] {{ {templates} }}" })
        {
            string found = await Diagnose.Message(Model($"Ttl = \"10m\", Tags = {array}"));
            Assert.Contains(message, found, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_tag_is_not_null() => Assert.Contains("it is empty", await Diagnose.Message(Model("Ttl = \"10m\", Tags = [\"all\", {|TR1073:null!|}]")), StringComparison.Ordinal);

    [Theory]
    [InlineData("public enum Kind { A } [CacheAside(\"p:{Id}\", Ttl = \"1m\", Tags = [\"kind:{Kind}\"])] public sealed record Product(long Id, Kind? Kind);")]
    [InlineData("public class Outer { internal enum Kind { A } [CacheAside(\"p:{Id}\", Ttl = \"1m\", Tags = [\"kind:{Kind}\"])] internal sealed record Product(long Id, Kind? Kind); }")]
    [InlineData("[CacheAside(\"p:{Id}\", Ttl = \"1m\", Tags = [\"kind:{Kind}\"])] public sealed class Product : Base { public long Id { get; init; } } public abstract class Base { public string? Kind { get; set; } }")]
    public Task Tags_that_are_right(string model) => Diagnose.Verify(model);

    [Theory]
    [InlineData("[{|TR1016:WriteThrough|}] public sealed record Product(long Id, string Name);", "[WriteThrough] has no effect on 'Product': it says how a cache writes to its source; add [CacheAside(…)], or remove it")]
    [InlineData("[RedisHash(\"product:{Id}\"), {|TR1016:WriteBehind(BatchSize = 5)|}] public sealed record Product(long Id, string Name);", "[WriteBehind] has no effect")]
    [InlineData("[CacheAside(\"product:{Id}\", Ttl = \"1m\"), {|TR1016:Expires(\"1d\")|}] public sealed record Product(long Id, string Name);", "the entries of a cache live as long as its Ttl says")]
    [InlineData("[CacheAside(\"product:{Id}\", Ttl = \"1m\"), {|TR1016:RedisIndex(\"ByName\", \"Name\")|}] public sealed record Product(long Id, string Name);", "store it with [RedisHash]")]
    [InlineData("[CacheAside(\"product:{Id}\", Ttl = \"1m\")] public sealed record Product(long Id, [property: {|TR1016:Indexed|}] string Name);", "[Indexed] has no effect on 'Product.Name'")]
    [InlineData("[CacheAside(\"product:{Id}\", Ttl = \"1m\")] public sealed record Product(long Id, [property: {|TR1016:Counter|}] long Views);", "[Counter] has no effect on 'Product.Views'")]
    [InlineData("[CacheAside(\"product:{Id}\", Ttl = \"1m\")] public sealed record Product(long Id, [property: {|TR1016:RedisIgnore|}] long Views);", "use the serializer's own attributes")]
    [InlineData("[CacheAside(\"product:{Id}\", Ttl = \"1m\")] public sealed record Product(long Id, [property: {|TR1016:Encrypted|}] string Card);", "put it on the model, of which it then treats that value")]
    [InlineData("[RedisHash(\"user:{Id}\"), CacheAside(\"profile:{Id}\", Ttl = \"1m\")] public sealed class User { public long Id { get; init; } [{|TR1016:Encrypted|}] public string? Card { get; init; } }", "in which the member would stand in plain text; put [Encrypted] on the model too")]
    [InlineData("[CacheAside(\"product:{{|TR1001:Idd|}}\", Ttl = \"1m\")] public sealed record Product(long Id, string Name);", "'Idd'")]
    [InlineData("[CacheAside(\"product:{Id}\", Ttl = \"1m\")] public abstract record {|TR1008:Product|}(long Id, string Name);", "it is abstract")]
    [InlineData("[CacheAside(\"product:{Id}\", Ttl = \"1m\")] public sealed record {|TR1010:Product|}(long Id, string Name); public class ProductCache;", "make it partial")]
    [InlineData("[CacheAside(\"product:{Id}\", Ttl = \"1m\", Tags = [\"all\"])] public sealed record {|TR1010:Product|}(long Id, string Name); public static class ProductTag;", "a type of that name exists")]
    [InlineData("[CacheAside(\"product:{Id}\", Ttl = \"1m\"), {|TR1031:Encrypted|}] public sealed record Product(long Id, string Name);", "shows its members")]
    [InlineData("[CacheAside(\"product:{Id}\", Ttl = \"1m\"), MaxSize(\"1{|TR1030:kb|}\")] public sealed record Product(long Id, string Name);", "there is no such unit")]
    [InlineData("[RedisString(\"page:{Id}\"), CacheAside(\"product:{Id}\", Ttl = \"1m\"), MaxSize(\"1{|TR1030:kb|}\")] public sealed record Product(long Id, string Name);", "there is no such unit")]
    [InlineData("[CacheAside(\"product:{Id}\", Ttl = \"1m\", JsonContext = {|TR1023:typeof(string)|})] public sealed record Product(long Id, string Name);", "JSON serializer context of 'Product'")]
    public async Task Attributes(string model, string message) => Assert.Contains(message, await Diagnose.Message(model), StringComparison.Ordinal);

    [Theory]
    [InlineData("[RedisHash(\"user:{Id}\"), Expires(\"1d\"), CacheAside(\"profile:{Id}\", Ttl = \"1m\"), Encrypted] public sealed class User { public long Id { get; init; } [Encrypted, RedisField(\"c\")] public string? Card { get; init; } [Indexed] public string? Mail { get; init; } }")]
    [InlineData("[RedisHash(\"user:{Id}\"), CacheAside(\"profile:{Id}\", Ttl = \"1m\")] public sealed class User { public long Id { get; init; } [Encrypted, System.Text.Json.Serialization.JsonIgnore] public string? Card { get; init; } }")]
    [InlineData("[RedisHash(\"user:{Id}\"), RedisIndex(\"ByMailAndAge\", \"Mail\", \"Age\"), CacheAside(\"profile:{Id}\", Ttl = \"1m\")] public sealed record User(long Id, string Mail, int Age);")]
    [InlineData("[AtomicValue(\"stock:{Id}\"), Expires(\"1d\"), CacheAside(\"profile:{Id}\", Ttl = \"1m\"), MaxSize(\"1KB\")] public sealed record User(long Id, int Age);")]
    [InlineData("[CacheAside(\"product:{Id}\", Ttl = \"1m\")] public sealed record Product(long Id); public class ProductTag; public partial class ProductCache;")]
    public Task Beside_other_kinds(string model) => Diagnose.Verify(model);

    [Fact]
    public async Task Without_a_context_JSON_needs_reflection()
    {
        var found = await Diagnose.Verify("[CacheAside(\"product:{Id}\", Ttl = \"1m\")] public sealed record {|TR1021:Product|}(long Id);", ("PublishAot", "true"));
        Assert.Contains("[CacheAside(…, JsonContext = typeof(…))]", Assert.Single(found).GetMessage(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[RedisHash(\"user:{Id}\"), CacheAside(\"{|TR1007:user:{Id}|}\", Ttl = \"1m\")] public sealed record User(long Id, int Age);")]
    [InlineData("[RedisHash(\"user:{Id}\")] public sealed record User(long Id, int Age); [CacheAside(\"{|TR1007:user:{Name}|}\", Ttl = \"1m\")] public sealed record Profile(string Name);")]
    [InlineData("[CacheAside(\"user:{Name}\", Ttl = \"1m\"), WriteBehind] public sealed record Profile(string Name); [RedisHash(\"{|TR1007:user:{Id}|}\")] public sealed record User(long Id, int Age);")]
    [InlineData("[CacheAside(\"user:{Name}\", Ttl = \"1m\")] public sealed record Profile(string Name); [CacheAside(\"{|TR1007:user:{Id}|}\", Ttl = \"1m\")] public sealed record User(long Id, int Age);")]
    [InlineData("[CacheAside(\"a:{Id}\", Ttl = \"1m\", Name = \"X\")] public sealed record A(long Id); [{|TR1024:CacheAside(\"b:{Id}\", Ttl = \"1m\", Name = \"X\")|}] public sealed record B(long Id);")]
    [InlineData("[CacheAside(\"product:{Id}\", Ttl = \"1m\")] public sealed record A(long Id); [CacheAside(\"{|TR1074:product:{Token}|}\", Ttl = \"1m\")] public sealed record B(Guid Token);")]
    [InlineData("[CacheAside(\"product:{Id}\", Ttl = \"1m\")] public sealed record A(long Id); [RedisHash(\"product:{Token}\")] public sealed record B(Guid Token, int Age); [CacheAside(\"products:{Id}\", Ttl = \"1m\")] public sealed record C(long Id);")]
    public Task Templates_are_compared(string models) => Diagnose.Verify(models);

    [Fact]
    public async Task Caches_of_references_count()
    {
        const string Library = """
            [assembly: RedisModelSchema(typeof(Lib.User), "{}")]
            [assembly: RedisModelSchema(typeof(Lib.User), "{\"kind\":\"cache\"}")]
            namespace Lib { [RedisHash("user:{Id}"), CacheAside("profile:{Id}", Ttl = "1m")] public sealed record User(long Id, int Age); }
            """;
        const string App = """
            [RedisHash("profile:{Name}")] public sealed record Account(string Name, int Age);
            [CacheAside("profile:{Token}", Ttl = "1m")] public sealed record Session(Guid Token);
            """;
        using var image = new MemoryStream();
        Assert.True(Diagnose.Compile(Library, "Lib").Emit(image).Success);
        var found = await Diagnose.RunAsync(Diagnose.Compile(App, "App", MetadataReference.CreateFromImage(image.ToArray())));
        Assert.Single(found, static diagnostic => diagnostic.Id == "TR1007" && diagnostic.GetMessage().Contains("'profile:{Name}' of 'Account' overlaps with 'profile:{Id}' of 'User'", StringComparison.Ordinal));
        Assert.Single(found, static diagnostic => diagnostic.Id == "TR1007" && diagnostic.GetMessage().Contains("'profile:{Token}' of 'Session' overlaps with 'profile:{Name}' of 'Account'", StringComparison.Ordinal));
        var name = Assert.Single(found, static diagnostic => diagnostic.Id == "TR1074");
        Assert.Contains("'profile:{Token}' of 'Session' differs from 'profile:{Id}' of 'User' in its parts alone, so that both caches would have the name 'profile:{}'", name.GetMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entry_of_a_write_behind_cache_has_the_slot_of_its_queue()
    {
        const string Model = "[CacheAside(\"product:{Shop}:{#Id}\", Ttl = \"1m\"), WriteThrough] public sealed record Product(string Shop, long Id);";
        await Diagnose.Verify(Model);
        Assert.Equal(
            "'Product' cannot have a hash tag with [WriteBehind]: an entry stands in the slot of the queue that its writes are in; leave the '#' out",
            await Diagnose.Message(Model.Replace("#", "{|TR1072:#|}", StringComparison.Ordinal).Replace("WriteThrough", "WriteBehind", StringComparison.Ordinal)));
    }

    private static string Model(string options, string attributes = "Serializable") => $$"""
        [CacheAside("product:{Id}", {{options}}), {{attributes}}]
        public sealed record Product(long Id, string Category, string? Brand, decimal Price, DateTime At, int Age) { public string[] Labels { get; init; } = []; }
        """;
}
