namespace TypedRedis.Generators.Tests.Diagnostics;

/// <summary>TR1036 to TR1039: versions, upgrades and renamed fields.</summary>
public class EvolutionRuleTests
{
    [Theory]
    [InlineData("Version = 1")]
    [InlineData("Version = 2, Upgrade = typeof(Good)")]
    [InlineData("Version = int.MaxValue, Upgrade = typeof(Good)")]
    [InlineData("Upgrade = typeof(Value), Version = 2")]
    [InlineData("Version = 2, Upgrade = typeof(Generic<int>)")]
    [InlineData("Version = 2, Upgrade = typeof(Derived)")]
    [InlineData("Version = 2, Upgrade = typeof(Holder.Inner)")]
    public Task Versions(string arguments) => Diagnose.Verify(Model(arguments));

    [Theory]
    [InlineData("Version = {|TR1036:0|}", "cannot have the version 0")]
    [InlineData("Version = {|TR1036:-1|}, Upgrade = typeof(Good)", "cannot have the version -1")]
    [InlineData("Version = {|TR1039:2|}", "read as they are")]
    [InlineData("Version = {|TR1039:2|}, Upgrade = null", "read as they are")]
    [InlineData("Version = 2, Upgrade = {|TR1037:typeof(Other)|}", "it does not implement IModelUpgrade<User>")]
    [InlineData("Version = 2, Upgrade = {|TR1037:typeof(string)|}", "it does not implement IModelUpgrade<User>")]
    [InlineData("Version = 2, Upgrade = {|TR1037:typeof(int[])|}", "it must be a class or a struct")]
    [InlineData("Version = 2, Upgrade = {|TR1037:typeof(IModelUpgrade<User>)|}", "it must be a class or a struct")]
    [InlineData("Version = 2, Upgrade = {|TR1037:typeof(Generic<>)|}", "give its type arguments")]
    [InlineData("Version = 2, Upgrade = {|TR1037:typeof(Abstract)|}", "make it a sealed class")]
    [InlineData("Version = 2, Upgrade = {|TR1037:typeof(Local)|}", "make it internal or public")]
    [InlineData("Version = 2, Upgrade = {|TR1037:typeof(User.Hidden)|}", "make it internal or public")]
    [InlineData("Version = 1, Upgrade = {|TR1037:typeof(Good)|}", "set Version = 2")]
    [InlineData("Upgrade = {|TR1037:typeof(Good)|}", "set Version = 2")]
    public async Task Versions_that_do_not_fit(string arguments, string message) => Assert.Contains(message, await Diagnose.Message(Model(arguments)), StringComparison.Ordinal);

    [Theory]
    [InlineData("FormerNames = [\"a\", \"A\", \"b b\"]")]
    [InlineData("FormerNames = []")]
    [InlineData("FormerNames = null")]
    [InlineData("FormerNames = new[] { \"id\" }")]
    public Task Former_names(string argument) => Diagnose.Verify(Renamed(argument));

    [Theory]
    [InlineData("FormerNames = [\"a\", {|TR1038:\"\"|}]", "a field needs a name")]
    [InlineData("FormerNames = [{|TR1038:\"_v\"|}]", "for itself")]
    [InlineData("FormerNames = new string[] { {|TR1038:\"\\ud800\"|} }", "half of a surrogate pair")]
    [InlineData("FormerNames = [{|TR1038:\"name\"|}]", "that is its present name")]
    [InlineData("FormerNames = [{|TR1038:\"later\"|}]", "'Later' has that field now")]
    [InlineData("FormerNames = [\"a\", {|TR1038:\"a\"|}]", "it is named twice")]
    [InlineData("FormerNames = new[] { {|TR1038:\"second\"|} }", "'Other' says that it had that field")]
    public async Task Former_names_that_cannot_be(string argument, string message) => Assert.Contains(message, await Diagnose.Message(Renamed(argument)), StringComparison.Ordinal);

    [Fact]
    public async Task Encrypted_members_keep_their_field() => Assert.Contains("bound to its field", await Diagnose.Message("""
        [RedisHash("user:{Id}")]
        public class User { public long Id { get; init; } [Encrypted, RedisField(FormerNames = [{|TR1038:"b"|}])] public string? A { get; init; } public int C { get; init; } }
        """), StringComparison.Ordinal);

    [Fact]
    public Task A_renamed_field_is_an_upgrade() => Diagnose.Verify("""
        [RedisHash("user:{Id}", Version = 2)]
        public class User { public long Id { get; init; } [RedisField(FormerNames = ["b"])] public int A { get; init; } }
        """);

    [Fact]
    public Task Members_that_are_no_fields_have_no_former_ones() => Diagnose.Verify("""
        [RedisHash("user:{Id}")]
        public class User { [{|TR1016:RedisField(FormerNames = ["b"])|}] public long Id { get; init; } public int A { get; init; } }
        """);

    private static string Renamed(string argument) => $$"""
        [RedisHash("user:{Id}")]
        public class User
        {
            public long Id { get; init; }
            [RedisField(FormerNames = ["second"])] public int Other { get; init; }
            [RedisField({{argument}})] public int Name { get; init; }
            public int Later { get; init; }
        }
        """;

    private static string Model(string arguments) => $$"""
        [RedisHash("user:{Id}", {{arguments}})]
        public class User
        {
            public long Id { get; init; }
            public string Name { get; init; } = "";

            private sealed class Hidden : IModelUpgrade<User> { public static void Upgrade(ModelFields fields, int fromVersion) { } }
        }

        public sealed class Another { }
        public class Good : IModelUpgrade<User> { public static void Upgrade(ModelFields fields, int fromVersion) { } }
        public sealed class Derived : Good;
        public struct Value : IModelUpgrade<User> { static void IModelUpgrade<User>.Upgrade(ModelFields fields, int fromVersion) { } }
        public sealed class Generic<T> : IModelUpgrade<User> { public static void Upgrade(ModelFields fields, int fromVersion) { } }
        public abstract class Abstract : IModelUpgrade<User> { public static void Upgrade(ModelFields fields, int fromVersion) { } }
        public sealed class Other : IModelUpgrade<Another> { public static void Upgrade(ModelFields fields, int fromVersion) { } }
        file sealed class Local : IModelUpgrade<User> { public static void Upgrade(ModelFields fields, int fromVersion) { } }
        internal static class Holder { internal sealed class Inner : IModelUpgrade<User> { public static void Upgrade(ModelFields fields, int fromVersion) { } } }
        """;
}
