namespace TypedRedis.Generators.Tests.Diagnostics;

/// <summary>TR1060 to TR1062, and what the rules for all kinds say of <c>[AtomicValue]</c>.</summary>
public class AtomicValueRuleTests
{
    [Theory]
    [InlineData("[AtomicValue(\"stock:{Sku}\", Minimum = 0, Maximum = 9)] public sealed record Stock(string Sku, long Units);")]
    [InlineData("[RedisHash(\"hash:{Sku}\"), AtomicValue(\"stock:{Sku}\")] public sealed record Stock(string Sku, [property: Counter, RedisField(\"u\")] long Units);")]
    [InlineData("[AtomicValue(\"stock:{Sku}\", Maximum = -1)] public sealed record Stock(string Sku, int Units);")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record Stock(string Sku, decimal Units);")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record Stock(string Sku, byte[] Units);")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record Stock(string Sku, [property: RedisField(EnumFormat = EnumFormat.Number)] DayOfWeek Day);")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public class Stock { public string Sku { get; } = \"\"; public Guid Id { get; } public string Text => Sku; [RedisIgnore] public int? Other { get; set; } }")]
    public Task Right(string model) => Diagnose.Verify(model);

    [Theory]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record {|TR1060:Stock|}(string Sku);", "it has none; add a property")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record Stock(string Sku, long A, long {|TR1060:B|}, long C);", "it has 'A' and 'B'; mark all but one [RedisIgnore]")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record {|TR1060:Stock|}(string Sku) { public long Twice => 2; }", "it has none")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record Stock(string Sku, long? {|TR1061:Units|});", "make it 'long'")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record Stock(string Sku, string? {|TR1061:Text|});", "make it 'string'")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record Stock(string Sku, System.Collections.Generic.List<int> {|TR1061:Units|});", "store the model with [RedisString]")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record Stock(string Sku, [property: RedisJson] long {|TR1061:Units|});", "store the model with [RedisString]")]
    [InlineData("[AtomicValue(\"stock:{Sku}\", Minimum = {|TR1062:0|})] public sealed record Stock(string Sku, decimal Units);", "'Stock' declares a Minimum")]
    [InlineData("[AtomicValue(\"stock:{Sku}\", Maximum = {|TR1062:5|})] public sealed record Stock(string Sku, uint Units);", "'Units' is of type 'uint'")]
    [InlineData("[AtomicValue(\"stock:{Sku}\", Minimum = 5, Maximum = {|TR1029:0|})] public sealed record Stock(string Sku, long Units);", "exchange the bounds")]
    [InlineData("[AtomicValue(\"stock:{Sku}\", Maximum = {|TR1029:3_000_000_000|})] public sealed record Stock(string Sku, int Units);", "make the member a 'long'")]
    [InlineData("[AtomicValue(\"stock:{{|TR1001:Skuu|}}\")] public sealed record Stock(string Sku, long Units);", "'Skuu'")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public abstract record {|TR1008:Stock|}(string Sku, long Units);", "it is abstract")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record {|TR1010:Stock|}(string Sku, long Units); public sealed class StockValue;", "make it partial")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record Stock(string Sku, {|TR1011:object|} Units);", "give it a type")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record Stock(string Sku, [property: {|TR1016:Counter|}] long Units);", "[Counter] has no effect on 'Stock.Units'")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record Stock(string Sku, [property: {|TR1016:Atomic|}] long Units);", "which the store changes in atomic steps anyway")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record Stock(string Sku, [property: {|TR1016:Indexed|}] long Units);", "[Indexed] has no effect")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record Stock(string Sku, [property: RedisField({|TR1016:\"u\"|})] long Units);", "stands in no field")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record Stock([property: {|TR1016:RedisField(\"u\")|}] string Sku, long Units);", "a part of the key")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record Stock(string Sku, long Units) { [{|TR1016:Counter|}] internal long Hidden { get; set; } }", "only a public property")]
    [InlineData("[AtomicValue(\"stock:{Sku}\"), {|TR1016:Encrypted|}] public sealed record Stock(string Sku, long Units);", "the value stands in Redis as it is")]
    [InlineData("[AtomicValue(\"stock:{Sku}\")] public sealed record Stock(string Sku, [property: {|TR1016:Encrypted|}] string Text);", "[Encrypted] has no effect on 'Stock.Text'")]
    [InlineData("[AtomicValue(\"stock:{Sku}\"), {|TR1016:RedisIndex(\"ByUnits\", \"Units\")|}] public sealed record Stock(string Sku, long Units);", "store the model with [RedisHash]")]
    [InlineData("[AtomicValue(\"stock:{Sku}\"), Expires(\"{|TR1019:soon|}\")] public sealed record Stock(string Sku, long Units);", "'soon'")]
    public async Task Wrong(string model, string message) => Assert.Contains(message, await Diagnose.Message(model), StringComparison.Ordinal);

    [Fact]
    public async Task Two_attributes_of_one_model_overlap_too()
        => Assert.Contains("'seat:{Number}'", await Diagnose.Message("[RedisHash(\"seat:{Number}\"), AtomicValue(\"{|TR1007:seat:{Number}|}\")] public sealed record Seat(int Number, long Guest);"), StringComparison.Ordinal);
}
