using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Kinds.Measures;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.ActivityBitmap;

/// <summary><c>[ActivityBitmap("active:{App}", PeriodUnits.Day, MaxId = 10_000_000, Retention = "400d")]</c>: who was active, a bit for each, by calendar periods.</summary>
internal sealed class ActivityBitmapKind : MeasureKind
{
    private const string MaxId = "MaxId", MapIds = "MapIds";

    // A string in Redis has at most 512 MB.
    private const long LargestId = 4_294_967_294;

    // Of the store's bitmaps, in bits.
    private const long SegmentSize = 512_000;

    public override string AttributeName => "TypedRedis.ActivityBitmapAttribute";

    public override ImmutableArray<string> Marks { get; } = ImmutableArray.Create(Member);

    protected override string FileSuffix => "-bitmap";

    protected override string Noun => "Bitmap";

    public override string Emit(EntityModel model)
    {
        var bitmap = (ActivityBitmapModel)model;
        var (identity, key, names, _) = bitmap.Facts;
        string types = $"{identity.Reference}, {key.Name}, {bitmap.Active.Type}", maxId = bitmap.MaxId.ToString(CultureInfo.InvariantCulture);
        return MeasureEmitter.Emit(bitmap, new MeasureText(
            "ActivityBitmap",
            "bitmap",
            [$"bits    {(bitmap.IsMapped ? "members are numbered as they arrive" : "the member is the number of its bit")}, from 0 to {maxId}", bitmap.Periods.Header],
            $",\"maxId\":{maxId},\"mapped\":{(bitmap.IsMapped ? "true" : "false")}{bitmap.Periods.Manifest}",
            $"TR::ActivityBitmapSchema Schema {{ get; }} = new({Literals.Text(identity.FullName)})",
            [.. bitmap.Periods.Initializers(), $"MaxId = {maxId},", .. bitmap.IsMapped ? ["IsMapped = true,"] : Array.Empty<string>()],
            $"TR::IActivityBitmapMapper<{types}>",
            $"Writes the members of <see cref=\"{identity.Reference}\"/> and reads them back.",
            $"TR::ActivityBitmapStore<{types}, {names.Mapper}>",
            $"Records which members of <see cref=\"{identity.Reference}\"/> were active", ", by calendar periods"));
    }

    protected override object? UnitsOf(AttributeData attribute) => attribute.Argument(1);

    // The segments behind the first.
    protected override IEnumerable<KeySegment[]> SuffixesOfPeriods(AttributeData attribute)
        => Convert.ToInt64(attribute.NamedArgument(MaxId), CultureInfo.InvariantCulture) >= SegmentSize
            ? [[new KeyLiteral(":s:"), new KeyPart("", "", PartKind.UInt16, null, Normalizes: false, IsTag: false, Width: 0, IsTerminated: true)]]
            : [];

    // Where bitmaps are combined; the numbers of members, and which is next.
    protected override IEnumerable<KeySegment[]> SuffixesOfAll(INamedTypeSymbol model, AttributeData attribute)
    {
        bool isNumber = ElementParser.Segments(model) is { Length: 1 } one && one[0] is KeyPart { Kind: >= PartKind.SByte and <= PartKind.UInt64 };
        bool isMapped = attribute.NamedArgument(MapIds) is true || !isNumber;
        return new[] { ":scratch", ":ids", ":given" }.Take(isMapped ? 3 : 1).Select(static suffix => new KeySegment[] { new KeyLiteral(suffix) });
    }

    protected override MeasureModel? Parse(Declaration declaration, MeasureFacts facts)
    {
        var active = ElementParser.Parse(declaration, "records");
        var place = LiteralLocation.OfArgument(declaration.Attribute, 1, declaration.Context.CancellationToken);
        var periods = PeriodParser.Parse(declaration, UnitsOf(declaration.Attribute), place, whatStays: "bitmap");
        bool mapIds = declaration.Attribute.NamedArgument(MapIds) is true;
        if (active is { IsNumber: false } && mapIds)
            declaration.Contradiction(MapIds, "a member that is no integer of at most 64 bits is numbered in any case; remove it");

        long maxId = declaration.Number(MaxId, 0L, static value => value is >= 0 and <= LargestId, "from 0 to 4294967294, as a string in Redis has at most 512 MB");
        if (!declaration.Has(MaxId))
            declaration.Required("how many ids there can be", "write MaxId = 1_000_000, or what suits: a bitmap takes one bit for each id up to the largest that was active");
        return active is null || periods is null ? null : new ActivityBitmapModel(facts, active, periods, maxId, IsMapped: mapIds || !active.IsNumber);
    }
}
