using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Tests.Diagnostics;

/// <summary>TR1025 to TR1029, and TR1015 and TR1016 of the same attributes: indexes, concurrency tokens, atomic members and bounds of counters.</summary>
public class IndexRuleTests
{
    [Theory]
    [InlineData("[Indexed] public string? A { get; init; } [Indexed] public char B { get; init; } [Indexed] public bool? C { get; init; }")]
    [InlineData("[Indexed] public Int128 A { get; init; } [Indexed] public UInt128? B { get; init; } [Indexed] public System.Numerics.BigInteger C { get; init; }")]
    [InlineData("[Indexed] public Guid A { get; init; } [Indexed] public DayOfWeek? B { get; init; } [Indexed, RedisField(\"c\", EnumFormat = EnumFormat.Number)] public DayOfWeek C { get; init; }")]
    [InlineData("[Indexed] public DateOnly A { get; init; } [Indexed] public TimeOnly? B { get; init; } [Indexed] public TimeSpan C { get; init; } [Indexed] public Version? D { get; init; }")]
    [InlineData("[Indexed] public System.Net.IPAddress? A { get; init; } [Indexed, RedisConverter(typeof(Upper))] public string? B { get; init; } [Indexed, RedisConverter(typeof(Words))] public List<string>? C { get; init; }")]
    [InlineData("[Indexed(Sorted = true)] public sbyte A { get; init; } [Indexed(Sorted = true)] public ulong? B { get; init; } [Indexed(Sorted = true)] public Half C { get; init; } [Indexed(Sorted = true)] public float D { get; init; }")]
    [InlineData("[Indexed(Sorted = true)] public double? A { get; init; } [Indexed(Sorted = true)] public decimal B { get; init; } [Indexed(Sorted = true)] public DateTime C { get; init; } [Indexed(Sorted = true)] public DateTimeOffset? D { get; init; }")]
    [InlineData("[Indexed(Sorted = true)] public DateOnly A { get; init; } [Indexed(Sorted = true)] public TimeOnly B { get; init; } [Indexed(Sorted = true)] public TimeSpan? C { get; init; }")]
    [InlineData("[Indexed] public string[]? A { get; init; } [Indexed] public List<string?> B { get; init; } = []; [Indexed] public IReadOnlyList<int>? C { get; init; } [Indexed] public IEnumerable<ulong>? D { get; init; }")]
    [InlineData("[Indexed] public HashSet<Guid>? A { get; init; } [Indexed] public ISet<DateOnly>? B { get; init; } [Indexed] public System.Collections.Immutable.ImmutableArray<long> C { get; init; } [Indexed] public Queue<byte?>? D { get; init; }")]
    [InlineData("[Indexed, RedisJson] public SortedSet<string>? A { get; init; } [Indexed] public System.Collections.Immutable.ImmutableHashSet<string>? B { get; init; } [Indexed] public Custom? C { get; init; }")]
    [InlineData("[Indexed, Indexed(Sorted = true, Name = \"Ordered\"), Indexed(Unique = true, Name = \"One\")] public int A { get; init; }")]
    [InlineData("[Indexed(Name = \"class\")] public int A { get; init; } [Indexed(Name = \"By\")] public int B { get; init; } [Indexed(Name = \"Bypass\")] public int C { get; init; } [Indexed(Name = \"field\")] public int D { get; init; }")]
    [InlineData("[Indexed] public string? Émail { get; init; } [Indexed] public int @event { get; init; }")]
    [InlineData("[Counter, Indexed] public int A { get; init; } [Counter, Indexed(Sorted = true)] public long B { get; init; }")]
    [InlineData("[Indexed(Unique = false, Sorted = false)] public int A { get; init; } [Indexed(Name = null)] public int B { get; init; }")]
    [InlineData("[Atomic, Indexed] public string? Nick { get; init; } [Atomic, RedisJson] public int[]? Numbers { get; init; } [Atomic, Counter(Minimum = 0)] public int Stock { get; init; }")]
    public Task Members(string members) => Diagnose.Verify(Model(members));

    [Theory]
    [InlineData("[{|TR1025:Indexed|}] public double A { get; init; }", "equal values of 'double' have several texts")]
    [InlineData("[{|TR1025:Indexed(Unique = true)|}] public decimal? A { get; init; }", "equal values of 'decimal' have several texts")]
    [InlineData("[{|TR1025:Indexed|}] public Half A { get; init; }", "make it the member that gives the order, with Sorted = true")]
    [InlineData("[{|TR1025:Indexed|}] public float A { get; init; }", "equal values of 'float'")]
    [InlineData("[{|TR1025:Indexed|}] public DateTime A { get; init; }", "equal values of 'System.DateTime'")]
    [InlineData("[{|TR1025:Indexed|}] public DateTimeOffset? A { get; init; }", "equal values of 'System.DateTimeOffset'")]
    [InlineData("[{|TR1025:Indexed|}] public byte[]? A { get; init; }", "it holds bytes")]
    [InlineData("[{|TR1025:Indexed|}] public ReadOnlyMemory<byte> A { get; init; }", "it holds bytes")]
    [InlineData("[{|TR1025:Indexed|}] public Uri? A { get; init; }", "equal addresses have several texts; index a string")]
    [InlineData("[{|TR1025:Indexed|}] public Address? A { get; init; }", "it is written as JSON")]
    [InlineData("[{|TR1025:Indexed|}, RedisJson] public string? A { get; init; }", "it is written as JSON")]
    [InlineData("[{|TR1025:Indexed|}, RedisJson] public int A { get; init; }", "it is written as JSON")]
    [InlineData("[{|TR1025:Indexed|}] public Dictionary<string, int>? A { get; init; }", "it is written as JSON")]
    [InlineData("[{|TR1025:Indexed|}] public IReadOnlyDictionary<string, int>? A { get; init; }", "it is written as JSON")]
    [InlineData("[{|TR1025:Indexed|}] public int[,]? A { get; init; }", "it is written as JSON")]
    [InlineData("[{|TR1025:Indexed(Sorted = true)|}] public string? A { get; init; }", "'string' has no order in an index")]
    [InlineData("[{|TR1025:Indexed(Sorted = true)|}] public Guid A { get; init; }", "'System.Guid' has no order in an index")]
    [InlineData("[{|TR1025:Indexed(Sorted = true)|}] public DayOfWeek A { get; init; }", "'System.DayOfWeek' has no order in an index")]
    [InlineData("[{|TR1025:Indexed(Sorted = true)|}] public Int128 A { get; init; }", "integers of at most 64 bits")]
    [InlineData("[{|TR1025:Indexed(Sorted = true)|}] public Version? A { get; init; }", "has no order")]
    [InlineData("[{|TR1025:Indexed(Sorted = true)|}, RedisConverter(typeof(Number))] public int A { get; init; }", "'int' in this encoding has no order")]
    [InlineData("[{|TR1025:Indexed(Sorted = true)|}, RedisJson] public int A { get; init; }", "'int' in this encoding has no order")]
    [InlineData("[{|TR1025:Indexed(Unique = true)|}] public List<string>? A { get; init; }", "remove Unique")]
    [InlineData("[{|TR1025:Indexed(Sorted = true)|}] public int[]? A { get; init; }", "remove Sorted")]
    [InlineData("[{|TR1025:Indexed|}] public List<double>? A { get; init; }", "elements of 'double' cannot be looked up")]
    [InlineData("[{|TR1025:Indexed|}] public List<DayOfWeek>? A { get; init; }", "elements of 'System.DayOfWeek' cannot be looked up")]
    [InlineData("[{|TR1025:Indexed|}] public char[]? A { get; init; }", "elements of 'char' cannot be looked up")]
    [InlineData("[{|TR1025:Indexed|}] public List<Int128>? A { get; init; }", "integers of at most 64 bits")]
    [InlineData("[{|TR1025:Indexed|}] public List<int[]>? A { get; init; }", "elements of 'int[]' cannot be looked up")]
    [InlineData("[Counter, {|TR1025:Indexed(Unique = true)|}] public long A { get; init; }", "a counter is counted without a look at other entities")]
    [InlineData("[{|TR1025:Indexed|}, Encrypted] public string? A { get; init; }", "it is [Encrypted], and the index would hold it in plain")]
    [InlineData("[{|TR1025:Indexed|}, Compressed] public List<string>? A { get; init; }", "it is [Compressed], and the index would hold it in plain")]
    public async Task Members_that_cannot_be_indexed(string member, string message) => Assert.Contains(message, await Diagnose.Message(Model(member)), StringComparison.Ordinal);

    [Theory]
    [InlineData("RedisIndex(\"ByCityAndAge\", nameof(City), nameof(Age))")]
    [InlineData("RedisIndex(\"ByCityAndAge\", \"City\", \"Age\", Unique = true), RedisIndex(\"InOrder\", nameof(Age))")]
    [InlineData("RedisIndex(\"ByCityAndName\", nameof(City), nameof(Name), Exact = true), RedisIndex(\"ByNameAndTotal\", nameof(Name), nameof(Total))")]
    [InlineData("RedisIndex(\"ByCityNameAndVisits\", nameof(City), nameof(Name), nameof(Visits)), RedisIndex(\"ByVisits\", nameof(Visits), Exact = true)")]
    [InlineData("RedisIndex(\"ByTenant\", nameof(Tenant), Exact = true), RedisIndex(\"ByTenantAndId\", nameof(Tenant), nameof(Id))")]
    [InlineData("RedisIndex(\"ByTenantAndAge\", new[] { nameof(Tenant), nameof(Age) }), RedisIndex(\"ByCityAndAge\", new string[] { \"City\", \"Age\" })")]
    [InlineData("RedisIndex(members: new[] { nameof(Tenant), nameof(Age) }, name: \"ByTenantAndAge\"), RedisIndex(\"ByAge\", [nameof(Age)], Unique = true)")]
    public Task Indexes(string index) => Diagnose.Verify(Indexed(index));

    [Theory]
    [InlineData("RedisIndex(\"ByTotalAndAge\", {|TR1025:nameof(Total)|}, nameof(Age))", "'User.Total' cannot be a member of the index 'ByTotalAndAge': equal values of 'decimal'")]
    [InlineData("RedisIndex(\"ByTotal\", {|TR1025:nameof(Total)|}, Unique = true)", "have several texts")]
    [InlineData("RedisIndex(\"ByTagsAndAge\", {|TR1025:nameof(Tags)|}, nameof(Age))", "put [Indexed] on the member")]
    [InlineData("RedisIndex(\"ByTags\", {|TR1025:nameof(Tags)|}, Exact = true)", "put [Indexed] on the member")]
    [InlineData("RedisIndex(\"ByVisitsAndAge\", {|TR1025:nameof(Visits)|}, nameof(Age))", "make the counter the last member")]
    [InlineData("RedisIndex(\"ByCityAndVisits\", nameof(City), {|TR1025:nameof(Visits)|}, Exact = true)", "make the counter the last member")]
    [InlineData("RedisIndex(\"ByCityAndVisits\", nameof(City), {|TR1025:nameof(Visits)|}, Unique = true)", "remove Unique or [Counter]")]
    [InlineData("RedisIndex(\"ByVersion\", {|TR1025:nameof(Version)|})", "it is the concurrency token")]
    [InlineData("RedisIndex(\"ByCityAndVersion\", new[] { nameof(City), {|TR1025:nameof(Version)|} })", "it is the concurrency token")]
    [InlineData("RedisIndex(\"BySecretAndAge\", {|TR1025:nameof(Secret)|}, nameof(Age))", "it is [Encrypted]")]
    [InlineData("RedisIndex(\"ByDayAndAge\", {|TR1025:nameof(Day)|}, nameof(Age))", "equal values of 'System.DateTime'")]
    public async Task Members_that_cannot_be_in_an_index(string index, string message) => Assert.Contains(message, await Diagnose.Message(Indexed(index)), StringComparison.Ordinal);

    [Theory]
    [InlineData("RedisIndex({|TR1026:\"\"|}, nameof(Age))", "its name is no C# identifier")]
    [InlineData("RedisIndex({|TR1026:null!|}, nameof(Age))", "its name is no C# identifier")]
    [InlineData("RedisIndex({|TR1026:\"by age\"|}, nameof(Age))", "its name is no C# identifier")]
    [InlineData("RedisIndex({|TR1026:\"@class\"|}, nameof(Age))", "its name is no C# identifier")]
    [InlineData("RedisIndex({|TR1026:\"GetAsync\"|}, nameof(Age))", "'UserRepository' has a member of that name")]
    [InlineData("RedisIndex({|TR1026:\"Redis\"|}, nameof(Age))", "'UserRepository' has a member of that name")]
    [InlineData("RedisIndex({|TR1026:\"Sorted\"|}, nameof(Age))", "'UserRepository' has a member of that name")]
    [InlineData("RedisIndex({|TR1026:\"ToString\"|}, nameof(Age))", "'UserRepository' has a member of that name")]
    [InlineData("RedisIndex({|TR1026:\"PatchWhenAsync\"|}, nameof(Age))", "'UserRepository' has a member of that name")]
    [InlineData("RedisIndex({|TR1026:\"IncrementVisitsAsync\"|}, nameof(Age))", "'UserRepository' has a member of that name")]
    [InlineData("RedisIndex({|TR1026:\"TryIncrementBoundedAsync\"|}, nameof(Age))", "'UserRepository' has a member of that name")]
    [InlineData("RedisIndex({|TR1026:\"GetAndSetNameAsync\"|}, nameof(Age))", "'UserRepository' has a member of that name")]
    [InlineData("RedisIndex({|TR1026:\"UserRepository\"|}, nameof(Age))", "'UserRepository' has a member of that name")]
    [InlineData("RedisIndex({|TR1026:\"Mine\"|}, nameof(Age))", "'UserRepository' has a member of that name")]
    [InlineData("RedisIndex(\"ByAge\", nameof(Age)), RedisIndex({|TR1026:\"ByAge\"|}, nameof(Id))", "another index of the model has that name")]
    [InlineData("RedisIndex(\"ByAge\", nameof(Age)), RedisIndex({|TR1026:\"Age\"|}, nameof(Id))", "its keys would be those of 'ByAge', for both are 'age' there")]
    [InlineData("RedisIndex(\"ByURLPath\", nameof(Age)), RedisIndex({|TR1026:\"ByUrlPath\"|}, nameof(Id))", "for both are 'url_path' there")]
    [InlineData("RedisIndex(\"ByCityAndAge\", nameof(City), {|TR1026:\"Agee\"|})", "the model stores no member 'Agee': did you mean 'Age'?")]
    [InlineData("RedisIndex(\"ByCityAndAge\", nameof(City), {|TR1026:null!|})", "the model stores no member ''")]
    [InlineData("RedisIndex(\"ByTenantAndAge\", [{|TR1026:\"Tenat\"|}, nameof(Age)])", "did you mean 'Tenant'?")]
    [InlineData("RedisIndex(\"ByTwiceAndAge\", {|TR1026:nameof(Twice)|}, nameof(Age))", "'Twice' is not stored")]
    [InlineData("RedisIndex(\"ByIgnoredAndAge\", {|TR1026:nameof(Ignored)|}, nameof(Age))", "'Ignored' is not stored")]
    [InlineData("RedisIndex(\"ByCityAndCity\", nameof(City), {|TR1026:nameof(City)|}, Exact = true)", "it has the member 'City' twice")]
    [InlineData("RedisIndex(\"ByTenants\", nameof(Tenant), {|TR1026:nameof(Tenant)|}, Exact = true)", "it has the member 'Tenant' twice")]
    [InlineData("{|TR1026:RedisIndex(\"ByNothing\")|}", "it has no members; name them behind the index's name")]
    [InlineData("{|TR1026:RedisIndex(\"ByNothing\", null!)|}", "it has no members")]
    [InlineData("RedisIndex(\"ByAge\", nameof(Age), Unique = true, Exact = {|TR1026:true|})", "remove one of them")]
    [InlineData("RedisIndex(\"ByCityAndName\", nameof(City), {|TR1026:nameof(Name)|})", "its last member 'Name' gives the order, but 'string' has no order in an index")]
    [InlineData("RedisIndex(\"ByAgeAndTenant\", nameof(Age), {|TR1026:nameof(Tenant)|})", "say Exact = true to compare all members for equality")]
    [InlineData("RedisIndex(\"ByName\", {|TR1026:nameof(Name)|})", "say Exact = true")]
    public async Task Indexes_that_are_not_declared_properly(string index, string message) => Assert.Contains(message, await Diagnose.Message(Indexed(index)), StringComparison.Ordinal);

    [Theory]
    [InlineData("[Indexed(Unique = true, Sorted = {|TR1026:true|})] public int A { get; init; }", "write two [Indexed]")]
    [InlineData("[Indexed, {|TR1026:Indexed(Sorted = true)|}] public int A { get; init; }", "another index of the model has that name")]
    [InlineData("[Indexed] public int A { get; init; } [Indexed(Name = {|TR1026:\"ByA\"|})] public int B { get; init; }", "another index of the model has that name")]
    [InlineData("[Indexed] public int A { get; init; } [Indexed(Name = {|TR1026:\"A\"|})] public int B { get; init; }", "for both are 'a' there")]
    [InlineData("[Indexed(Name = {|TR1026:\"\"|})] public int A { get; init; }", "its name is no C# identifier")]
    [InlineData("[Indexed(Name = {|TR1026:\"DeleteAsync\"|})] public int A { get; init; }", "'UserRepository' has a member of that name")]
    public async Task Members_whose_index_is_not_declared_properly(string member, string message) => Assert.Contains(message, await Diagnose.Message(Model(member)), StringComparison.Ordinal);

    [Fact]
    public async Task An_index_of_a_member_with_an_error_says_nothing_more() => await Diagnose.Verify("""
        [RedisHash("user:{Id}"), RedisIndex("ByAnyAndId", nameof(Any), nameof(Id))]
        public class User { public long Id { get; init; } [Indexed] public {|TR1011:object|} Any { get; init; } = 1; public int Age { get; init; } }
        """);

    [Fact]
    public async Task Indexes_of_bases()
    {
        await Diagnose.Verify("""
            [RedisIndex("ByAgeAndId", nameof(Age), "Id", Exact = true)]
            public abstract class Base { [Indexed] public virtual int Age { get; init; } [Indexed] public int Other { get; init; } }

            [RedisHash("user:{Id}"), RedisIndex("ByAgeAndId", nameof(Age), nameof(Id))]
            public class User : Base { public long Id { get; init; } [Indexed(Sorted = true), Indexed(Name = "Same")] public override int Age { get; init; } }
            """);
        Assert.Contains("the model stores no member 'Missing'", await Diagnose.Message("""
            [RedisIndex("ByMissing", {|TR1026:"Missing"|})]
            public abstract class Base { public int Age { get; init; } }

            [RedisHash("user:{Id}")]
            public class User : Base { public long Id { get; init; } }
            """), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_index_of_a_base_in_another_assembly_is_refused_at_the_model()
    {
        using var image = new MemoryStream();
        Assert.True(Diagnose.Compile("""
            [RedisIndex("ByMissing", "Missing")]
            public abstract class Base { [Indexed(Name = "DeleteAsync")] public int Age { get; init; } }
            """, "Library").Emit(image).Success);
        image.Position = 0;
        var found = await Diagnose.RunAsync(Diagnose.Compile("""
            [RedisHash("user:{Id}"), Expires("1d")]
            public class User : Base { public long Id { get; init; } }
            """, "Shop", MetadataReference.CreateFromStream(image)));

        Assert.Equal(["TR1026", "TR1026"], found.Select(static diagnostic => diagnostic.Id));
        Assert.All(found, static diagnostic => Assert.Equal((1, "User".Length), (diagnostic.Location.GetLineSpan().StartLinePosition.Line, diagnostic.Location.SourceSpan.Length)));
    }

    [Theory]
    [InlineData("user:{Id}", "[{|TR1027:Indexed|}] public int Age { get; init; }", "", "mark the part of the key that entities are looked up by as the hash tag, {#Part}")]
    [InlineData("user:{#Id}", "[{|TR1027:Indexed|}] public int Age { get; init; }", "", "name the hash tag, nameof(Id), before the other members of a [RedisIndex]")]
    [InlineData("user:{#Id}", "public int Age { get; init; }", "{|TR1027:RedisIndex(\"ByAgeAndId\", nameof(Age), nameof(Id))|}", "nameof(Id)")]
    [InlineData("user:{#Day:yyyy-MM-dd}:{Id}", "public DateOnly Day { get; init; } public int Age { get; init; }", "{|TR1027:RedisIndex(\"ByDayAndAge\", nameof(Day), nameof(Age))|}", "make the hash tag 'Day' a string, an integer or a Guid without a format")]
    [InlineData("user:{#No:D8}:{Id}", "public int No { get; init; } public int Age { get; init; }", "{|TR1027:RedisIndex(\"ByNoAndAge\", nameof(No), nameof(Age))|}", "without a format")]
    [InlineData("user:{#Open}:{Id}", "public bool Open { get; init; } public int Age { get; init; }", "{|TR1027:RedisIndex(\"ByOpenAndAge\", nameof(Open), nameof(Age))|}", "make the hash tag 'Open' a string")]
    public async Task Slots(string template, string members, string index, string message)
        => Assert.Contains(message, await Diagnose.Message(Slotted(template, members, index)), StringComparison.Ordinal);

    // The markup names the rule, so that it is looked at.
    [Theory]
    [InlineData("user:{#Id}", "", "RedisIndex(\"ByIdAndAge\", nameof(Id), nameof(Age))")]
    [InlineData("user:{#Id}", "", "RedisIndex(\"ByAgeAndId\", nameof(Age), nameof(Id), Unique = true)")]
    [InlineData("user:{#Tenant}:{Id}", "public string Tenant { get; init; } = \"\";", "RedisIndex(\"ByTenant\", nameof(Tenant), Exact = true)")]
    [InlineData("user:{#Tenant}:{Id}", "public Guid Tenant { get; init; }", "RedisIndex(\"ByTenantAndAge\", nameof(Tenant), nameof(Age))")]
    public Task Slots_that_are_shared(string template, string members, string index)
        => Diagnose.Verify("// TR1027\n" + Slotted(template, members + " public int Age { get; init; }", index));

    [Theory]
    [InlineData("[ConcurrencyToken] public int Version { get; init; }")]
    [InlineData("[ConcurrencyToken] public long Version { get; init; }")]
    [InlineData("[ConcurrencyToken, RedisField(\"etag\")] public Guid Version { get; init; }")]
    public Task Tokens(string member) => Diagnose.Verify(Model(member));

    [Theory]
    [InlineData("[{|TR1028:ConcurrencyToken|}] public long? Version { get; init; }", "of type 'long?'")]
    [InlineData("[{|TR1028:ConcurrencyToken|}] public Guid? Version { get; init; }", "of type 'System.Guid?'")]
    [InlineData("[{|TR1028:ConcurrencyToken|}] public uint Version { get; init; }", "make it an 'int', a 'long' or a 'Guid'")]
    [InlineData("[{|TR1028:ConcurrencyToken|}] public string Version { get; init; } = \"\";", "of type 'string'")]
    [InlineData("[{|TR1028:ConcurrencyToken|}] public DateTime Version { get; init; }", "of type 'System.DateTime'")]
    [InlineData("[{|TR1028:ConcurrencyToken|}] public byte[] Version { get; init; } = [];", "of type 'byte[]'")]
    [InlineData("[ConcurrencyToken] public int Version { get; init; } [{|TR1028:ConcurrencyToken|}] public Guid Tag { get; init; }", "'Version' is it already")]
    public async Task Tokens_that_cannot_be(string member, string message) => Assert.Contains(message, await Diagnose.Message(Model(member)), StringComparison.Ordinal);

    [Theory]
    [InlineData("[Counter(Minimum = 0)] public int A { get; init; } [Counter(Maximum = 0)] public long B { get; init; } [Counter(Minimum = 5, Maximum = 5)] public long C { get; init; }")]
    [InlineData("[Counter(Minimum = int.MinValue, Maximum = int.MaxValue)] public int A { get; init; } [Counter(Minimum = long.MinValue, Maximum = long.MaxValue)] public int B { get; init; }")]
    [InlineData("[Counter(Maximum = 3_000_000_000)] public long A { get; init; } [Counter(Minimum = -5, Maximum = 5)] public int B { get; init; }")]
    public Task Bounds(string members) => Diagnose.Verify(Model(members));

    [Theory]
    [InlineData("[Counter(Minimum = 1, Maximum = {|TR1029:0|})] public long A { get; init; }", "cannot have the Maximum 0: no value is at least 1 and at most 0")]
    [InlineData("[Counter(Maximum = {|TR1029:-1|}, Minimum = 0)] public int A { get; init; }", "exchange the bounds")]
    [InlineData("[Counter(Maximum = {|TR1029:3_000_000_000|})] public int A { get; init; }", "cannot have the Maximum 3000000000: an 'int' goes from -2147483648 to 2147483647")]
    [InlineData("[Counter(Minimum = {|TR1029:-3_000_000_000|})] public int A { get; init; }", "or make the member a 'long'")]
    public async Task Bounds_that_cannot_be(string member, string message) => Assert.Contains(message, await Diagnose.Message(Model(member)), StringComparison.Ordinal);

    [Theory]
    [InlineData("[ConcurrencyToken, {|TR1015:Counter|}] public int A { get; init; }", "[ConcurrencyToken] and [Counter]")]
    [InlineData("[ConcurrencyToken, {|TR1015:RedisJson|}] public int A { get; init; }", "[ConcurrencyToken] and [RedisJson]")]
    [InlineData("[ConcurrencyToken, {|TR1015:RedisConverter(typeof(Number))|}] public int A { get; init; }", "[ConcurrencyToken] and [RedisConverter]")]
    [InlineData("[{|TR1015:Atomic|}, ConcurrencyToken] public int A { get; init; }", "[ConcurrencyToken] and [Atomic]")]
    public async Task Facets_in_conflict(string member, string message) => Assert.Contains(message, await Diagnose.Message(Model(member)), StringComparison.Ordinal);

    [Theory]
    [InlineData("[RedisIgnore, {|TR1016:Indexed|}] public int A { get; init; }", "[Indexed] has no effect on 'User.A': the member is [RedisIgnore]")]
    [InlineData("[RedisIgnore, {|TR1016:Atomic|}] public int A { get; init; }", "[Atomic] has no effect on 'User.A'")]
    [InlineData("[RedisIgnore, {|TR1016:ConcurrencyToken|}] public int A { get; init; }", "[ConcurrencyToken] has no effect on 'User.A'")]
    [InlineData("[{|TR1016:Indexed|}] public long Half => Age / 2;", "it is computed")]
    [InlineData("[{|TR1016:Atomic|}] internal int A { get; set; }", "only public properties")]
    public async Task Facets_without_effect(string member, string message) => Assert.Contains(message, await Diagnose.Message(Model(member)), StringComparison.Ordinal);

    [Theory]
    [InlineData("[RedisHash(\"user:{Id}\")] public class User { [{|TR1016:Indexed|}] public long Id { get; init; } public int Age { get; init; } }", "name the part in a [RedisIndex]")]
    [InlineData("[RedisHash(\"user:{Id}\")] public class User { [{|TR1016:Atomic|}] public long Id { get; init; } public int Age { get; init; } }", "a part of the key stands in the key")]
    [InlineData("[RedisHash(\"user:{Id}\")] public class User { [{|TR1016:ConcurrencyToken|}] public long Id { get; init; } public int Age { get; init; } }", "a part of the key stands in the key")]
    [InlineData("[RedisString(\"user:{Id}\")] public class User { public long Id { get; init; } [{|TR1016:Indexed|}] public int Age { get; init; } }", "store the model with [RedisHash]")]
    [InlineData("[RedisString(\"user:{Id}\")] public class User { public long Id { get; init; } [{|TR1016:ConcurrencyToken|}] public int Age { get; init; } }", "store the model with [RedisHash]")]
    [InlineData("[RedisString(\"user:{Id}\")] public class User { public long Id { get; init; } [{|TR1016:Atomic|}] public int Age { get; init; } }", "store the model with [RedisHash]")]
    [InlineData("[RedisString(\"user:{Id}\"), {|TR1016:RedisIndex(\"ByAge\", \"Age\")|}] public class User { public long Id { get; init; } public int Age { get; init; } }", "[RedisIndex] has no effect on 'User'")]
    [InlineData("[RedisHash(\"user:{Id}\")] public class User { public long Id { get; init; } public int Age { get; init; } } [RedisProjection<User>] public partial record Card([property: {|TR1016:Indexed|}] int Age);", "put it on the model's member")]
    [InlineData("[RedisHash(\"user:{Id}\")] public class User { public long Id { get; init; } public int Age { get; init; } } [RedisProjection<User>, {|TR1016:RedisIndex(\"ByAge\", \"Age\")|}] public partial record Card(int Age);", "put it on the model")]
    public async Task Facets_without_effect_on_models(string source, string message) => Assert.Contains(message, await Diagnose.Message(source), StringComparison.Ordinal);

    private static string Slotted(string template, string members, string index) => $$"""
        [RedisHash("{{template}}"){{(index.Length == 0 ? "" : ", " + index)}}]
        public class User
        {
            public required long Id { get; init; }
            public required string Name { get; init; }
            {{members}}
        }
        """;

    private static string Indexed(string index) => $$"""
        [RedisHash("user:{Tenant}:{Day:yyyyMMdd}:{Id}"), {{index}}]
        public class User
        {
            public required string Tenant { get; init; }
            public required DateTime Day { get; init; }
            public required long Id { get; init; }
            public int Age { get; init; }
            public string? City { get; init; }
            [Atomic] public string Name { get; init; } = "";
            public decimal Total { get; init; }
            public List<string>? Tags { get; init; }
            [Counter] public long Visits { get; init; }
            [Counter(Minimum = 0)] public int Bounded { get; init; }
            [ConcurrencyToken] public int Version { get; init; }
            [Encrypted] public string? Secret { get; init; }
            [RedisIgnore] public int Ignored { get; init; }
            public int Twice => Age * 2;
        }

        public partial class UserRepository { public int Mine => 1; }

        namespace TypedRedis { public sealed class EncryptedAttribute : Attribute; }
        """;

    private static string Model(string members) => """
        using StackExchange.Redis;

        [RedisHash("user:{Id}")]
        public class User
        {
            public long Id { get; init; }
            public int Age { get; init; }
            MEMBERS
        }

        public sealed record Address(string Street);
        public sealed class Custom : List<string>;

        public sealed class Upper : IRedisConverter<string>
        {
            public static RedisValue Write(string value) => value.ToUpperInvariant();
            public static string Read(RedisValue value) => value!;
        }

        public sealed class Words : IRedisConverter<List<string>>
        {
            public static RedisValue Write(List<string> value) => string.Join(' ', value);
            public static List<string> Read(RedisValue value) => [.. ((string)value!).Split(' ')];
        }

        public sealed class Number : IRedisConverter<int>
        {
            public static RedisValue Write(int value) => value;
            public static int Read(RedisValue value) => (int)value;
        }

        namespace TypedRedis
        {
            public sealed class EncryptedAttribute : Attribute;
            public sealed class CompressedAttribute : Attribute;
        }
        """.Replace("MEMBERS", members, StringComparison.Ordinal);
}
