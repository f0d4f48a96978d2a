using System.Globalization;
using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.CacheAside;

/// <summary>Reads the options of <c>[CacheAside]</c>, <c>[WriteThrough]</c> and <c>[WriteBehind]</c>. The defaults are those of the attributes' documentation.</summary>
internal sealed class CacheOptionsParser(INamedTypeSymbol type, AttributeData cache, ParseContext context)
{
    private const string Off = "off";
    private const long Day = 24L * 60 * 60 * 1000;
    private const string HashTag = "{#";

    private static readonly long Longest = (long)TimeSpan.MaxValue.TotalMilliseconds;

    private static readonly Duration None = new(Off, 0);

    private static readonly (string Name, long Bytes)[] Units = [("KB", 1L << 10), ("MB", 1L << 20), ("GB", 1L << 30)];

    /// <summary>What is said of entries; null where there is an error.</summary>
    public CacheOptions? Entries()
    {
        var ttl = Ttl();
        double jitter = Share("Jitter", 0.1, static value => value is >= 0 and <= 0.9, "from 0 to 0.9");
        double refresh = Share("RefreshAhead", 0.8, static value => value is 0 or (>= 0.1 and <= 0.95), "0, or from 0.1 to 0.95");
        int version = Integer(cache, "Version", 1, 1, int.MaxValue, "at least 1");
        var negative = Option(cache, "NegativeTtl", "30s", mayBeOff: true, mayBeNull: true);
        var failSafe = Option(cache, "FailSafe", Off, mayBeOff: true);
        var soft = Option(cache, "SoftTimeout", "100ms", mayBeOff: true, mayBeNull: true);
        var load = Timeout(cache, "LoadTimeout", "5s");
        var local = Option(cache, "LocalTtl", "10s", mayBeOff: true);
        var size = Size();
        var hot = Option(cache, "HotTtl", Off, mayBeOff: true);
        int reads = Integer(cache, "HotReads", 100, 1, int.MaxValue, "at least 1");
        int copies = Integer(cache, "HotCopies", 0, 2, 64, "from 2 to 64");
        if (context.HasErrors)
            return null;

        negative = Within(ttl, "NegativeTtl", negative, "nothing is known for longer than an entry is fresh");
        local = Within(ttl, "LocalTtl", local, "an entry stays in the process no longer than it is fresh");
        if (failSafe.Milliseconds > Longest - ttl.Milliseconds)
            Contradiction(Place(cache, "FailSafe"), $"FailSafe = \"{failSafe.Text}\" with Ttl = \"{ttl.Text}\"", "together they are longer than a TimeSpan holds; lower one of them");
        hot = Within(ttl, "HotTtl", hot, "an entry stays in the process no longer than it is fresh");
        CheckLocal(local, hot);
        soft = Soft(soft, failSafe, load);
        return new CacheOptions(ttl, jitter, negative, refresh, failSafe, soft, load, local, size, hot, reads, copies, version);
    }

    /// <summary>How the cache writes to its source; null where it does not.</summary>
    public CacheWrites? Writes()
    {
        var through = type.FindAttribute(CacheAsideKind.WriteThrough);
        var behind = type.FindAttribute(CacheAsideKind.WriteBehind);
        if (through is not null && behind is not null)
            Contradiction(LiteralLocation.Of(behind, context.CancellationToken), "[WriteBehind] and [WriteThrough]", "one writes to the source at once and the other later; remove one of them");
        if (through is not null)
            return new CacheWrites(Timeout(through, "WriteTimeout", "5s"), Queue: null);
        if (behind is null)
            return null;

        return new CacheWrites(
            Timeout(behind, "WriteTimeout", "30s"),
            new WriteQueue(
                Integer(behind, "BatchSize", 100, 1, 1000, "from 1 to 1000"),
                Timeout(behind, "FlushEvery", "1s"),
                Integer(behind, "MaxAttempts", 10, 1, int.MaxValue, "at least 1"),
                Integer(behind, "Partitions", 32, 1, 1024, "from 1 to 1024")));
    }

    /// <summary>Reports what the key of a write-behind cache cannot have.</summary>
    public void CheckKey(KeyModel key)
    {
        if (!key.Template.Parts.Any(static part => part.IsTag))
            return;

        int position = key.Template.Text.IndexOf(HashTag, StringComparison.Ordinal) + 1;
        Contradiction(
            LiteralLocation.InArgument(cache, 0, position, 1, context.CancellationToken),
            "a hash tag with [WriteBehind]",
            "an entry stands in the slot of the queue that its writes are in; leave the '#' out");
    }

    private static bool Has(AttributeData attribute, string name) => attribute.NamedArguments.Any(argument => argument.Key == name);

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private Location Place(AttributeData attribute, string name) => LiteralLocation.OfNamedArgument(attribute, name, context.CancellationToken);

    private void Contradiction(Location location, string what, string why) => context.Report(Rules.CacheOptions, location, type.Name, what, why);

    private void OutOfRange(AttributeData attribute, string name, string value, string range)
        => context.Report(Rules.CacheOptionRange, Place(attribute, name), type.Name, name, value, range);

    private Duration Ttl()
    {
        if (cache.NamedArgument("Ttl") is string)
            return Option(cache, "Ttl", "", mayBeOff: false);

        // What does not compile is the compiler's to report.
        if (cache.NamedArguments.Any(static argument => argument.Key == "Ttl" && argument.Value.Kind == TypedConstantKind.Error))
            context.Fail();
        else
            context.Report(Rules.CacheTtl, LiteralLocation.Of(cache, context.CancellationToken), type.Name);
        return None;
    }

    private Duration Option(AttributeData attribute, string name, string undeclared, bool mayBeOff, bool mayBeNull = false)
    {
        string? declared = attribute.NamedArgument(name) as string;
        string text = !Has(attribute, name) || (mayBeNull && declared is null) ? undeclared : declared ?? "";
        if (mayBeOff && text == Off)
            return None;

        var milliseconds = DurationParser.Parse(
            text,
            type,
            mayBeOff ? "CacheAsideAttribute.Off" : null,
            (start, length) => LiteralLocation.InNamedArgument(attribute, name, start, length, context.CancellationToken),
            context.ReportAction);
        if (milliseconds is null)
            context.Fail();
        return new Duration(text, milliseconds ?? 0);
    }

    // What somebody waits for.
    private Duration Timeout(AttributeData attribute, string name, string undeclared)
    {
        var timeout = Option(attribute, name, undeclared, mayBeOff: false);
        if (timeout.Milliseconds > Day)
            OutOfRange(attribute, name, $"\"{timeout.Text}\"", "at most a day");
        return timeout;
    }

    private double Share(string name, double undeclared, Func<double, bool> isInRange, string range)
    {
        if (cache.NamedArgument(name) is not double share)
            return undeclared;
        if (!isInRange(share))
            OutOfRange(cache, name, Text(share), range);
        return share;
    }

    private int Integer(AttributeData attribute, string name, int undeclared, int least, int most, string range)
    {
        if (attribute.NamedArgument(name) is not int value)
            return undeclared;
        if (value < least || value > most)
            OutOfRange(attribute, name, Text(value), range);
        return value;
    }

    // Default durations give way to a shorter Ttl; declared ones do not.
    private Duration Within(Duration ttl, string name, Duration duration, string why)
    {
        if (duration.Milliseconds <= ttl.Milliseconds)
            return duration;
        if (cache.NamedArgument(name) is string)
            Contradiction(Place(cache, name), $"{name} = \"{duration.Text}\" with Ttl = \"{ttl.Text}\"", $"{why}; lower {name}, or raise Ttl");
        return ttl;
    }

    private Duration Soft(Duration soft, Duration failSafe, Duration load)
    {
        bool isDeclared = cache.NamedArgument("SoftTimeout") is string && !soft.IsOff;
        if (failSafe.IsOff)
        {
            if (isDeclared)
                Contradiction(Place(cache, "SoftTimeout"), "SoftTimeout without FailSafe", "there is no older entry to serve meanwhile; set FailSafe, or remove SoftTimeout");
            return None;
        }

        if (soft.Milliseconds < load.Milliseconds)
            return soft;
        if (isDeclared)
            Contradiction(Place(cache, "SoftTimeout"), $"SoftTimeout = \"{soft.Text}\" with LoadTimeout = \"{load.Text}\"", "the load has ended by then; lower SoftTimeout, or switch it off");
        return None;
    }

    private void CheckLocal(Duration local, Duration hot)
    {
        if (!local.IsOff && !hot.IsOff)
            Contradiction(Place(cache, "HotTtl"), $"HotTtl = \"{hot.Text}\" with LocalTtl = \"{local.Text}\"", "all entries stay in the process, not only those that are read often; set LocalTtl to CacheAsideAttribute.Off, or remove HotTtl");
        if (hot.IsOff && Has(cache, "HotReads"))
            Contradiction(Place(cache, "HotReads"), "HotReads without HotTtl", "no entry is kept because it is read often; set HotTtl, or remove HotReads");
        if (hot.IsOff && Has(cache, "HotCopies"))
            Contradiction(Place(cache, "HotCopies"), "HotCopies without HotTtl", "copies are of entries that are read often, and last for HotTtl; set HotTtl, or remove HotCopies");
        if (!hot.IsOff && Has(cache, "HotCopies") && cache.NamedArgument("ShareInstances") is true)
            Contradiction(Place(cache, "ShareInstances"), "ShareInstances with HotCopies", "the process holds no instances that could be shared, for the values stand in the copies; remove one of them");
        if (!local.IsOff || !hot.IsOff)
            return;
        if (Has(cache, "LocalSize"))
            Contradiction(Place(cache, "LocalSize"), "LocalSize with LocalTtl off", "there is no level in the process; remove one of them");
        if (cache.NamedArgument("ShareInstances") is true)
            Contradiction(Place(cache, "ShareInstances"), "ShareInstances with LocalTtl off", "there is no level in the process whose instances could be shared; remove one of them");
    }

    private LocalSize Size()
    {
        string text = Has(cache, "LocalSize") ? cache.NamedArgument("LocalSize") as string ?? "" : "10000";
        int digits = 0;
        while (digits < text.Length && text[digits] is >= '0' and <= '9')
            digits++;

        string name = text.Substring(digits);
        int unit = Array.FindIndex(Units, candidate => candidate.Name == name);
        if (digits == 0)
            return Unreadable(0, text.Length, text.Length == 0 ? "it is empty" : "a number is missing");
        if (name.Length > 0 && unit < 0)
            return Unreadable(digits, name.Length, "there is no such unit");

        long most = unit < 0 ? int.MaxValue : long.MaxValue / Units[unit].Bytes;
        if (!long.TryParse(text.Substring(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out long count) || count > most)
            return Unreadable(0, text.Length, "no process holds as much");
        if (count == 0)
            OutOfRange(cache, "LocalSize", $"\"{text}\"", unit < 0 ? "at least 1 entry; LocalTtl = CacheAsideAttribute.Off does without the level in the process" : "at least 1KB; LocalTtl = CacheAsideAttribute.Off does without the level in the process");
        return unit < 0 ? new LocalSize(text, (int)count, 0) : new LocalSize(text, 0, count * Units[unit].Bytes);

        LocalSize Unreadable(int start, int length, string fault)
        {
            context.Report(
                Rules.Size,
                LiteralLocation.InNamedArgument(cache, "LocalSize", start, length, context.CancellationToken),
                type.Name,
                text.Substring(start, length),
                fault + "; write a number of entries, such as \"10000\", or a size with the unit KB, MB or GB, such as \"64MB\"; 1KB is 1024 bytes");
            return default;
        }
    }
}
