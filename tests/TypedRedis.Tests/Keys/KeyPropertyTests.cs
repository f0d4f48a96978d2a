using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace TypedRedis.Tests.Keys;

/// <summary>What holds for every key: it reads back as itself, no other value has its text, and no other text reads as it.</summary>
public class KeyPropertyTests
{
    private static readonly Gen<UserKey> UserKeys = Gens.Integer<long>().Select(static id => new UserKey(id));
    private static readonly Gen<NameKey> NameKeys = Gens.Text.Select(static name => new NameKey(name));
    private static readonly Gen<CartKey> CartKeys = Gens.Text.Where(static owner => owner.Length > 0).Select(static owner => new CartKey(owner));

    private static readonly Gen<PairKey> PairKeys =
        from a in Gens.Text
        from b in Gens.Text
        select new PairKey(a, b);

    private static readonly Gen<FileKey> FileKeys =
        from id in Gens.Guid
        from name in Gens.Text
        select new FileKey(id, name);

    private static readonly Gen<VisitKey> VisitKeys =
        from plan in Gen.OneOf(Gen.Elements(Plan.Free, Plan.Pro, Plan.Enterprise, Plan.Größe), Gens.Integer<int>().Select(static value => (Plan)value))
        from letter in Gens.Char
        from at in Gens.DateTimeOffset
        select new VisitKey(plan, letter, at);

    private static readonly Gen<DayKey> DayKeys =
        from flag in Gens.Bool
        from id in Gens.Guid
        from day in Gens.DateOnly
        from at in Gens.TimeOnly
        from score in Gens.Integer<int>()
        select new DayKey(flag, id, day, at, score);

    [Fact]
    public void A_key_of_an_integer_reads_back_and_no_other_text_reads_as_it() => Check(UserKeys);

    [Fact]
    public void A_key_of_a_string_reads_back_and_no_other_text_reads_as_it() => Check(NameKeys);

    [Fact]
    public void A_key_of_two_strings_reads_back_and_no_other_text_reads_as_it() => Check(PairKeys);

    [Fact]
    public void A_key_with_a_hash_tag_reads_back_and_no_other_text_reads_as_it() => Check(CartKeys);

    [Fact]
    public void A_key_of_a_Guid_and_a_string_reads_back_and_no_other_text_reads_as_it() => Check(FileKeys);

    [Fact]
    public void A_key_of_an_enum_a_character_and_an_instant_reads_back_and_no_other_text_reads_as_it() => Check(VisitKeys);

    [Fact]
    public void A_key_of_parts_of_fixed_width_reads_back_and_no_other_text_reads_as_it() => Check(DayKeys);

    [Fact]
    public void Two_strings_have_one_key_exactly_when_they_are_equal()
        => Always.Holds(Two(Gens.Adversarial), static pair => AssertInjective(new NameKey(pair.Left), new NameKey(pair.Right)));

    [Fact]
    public void Two_pairs_of_strings_have_one_key_exactly_when_they_are_equal()
        => Always.Holds(Two(Two(Gens.Adversarial)), static pair
            => AssertInjective(new PairKey(pair.Left.Left, pair.Left.Right), new PairKey(pair.Right.Left, pair.Right.Right)));

    [Fact]
    public void Two_hash_tags_are_one_exactly_when_they_are_equal()
        => Always.Holds(Two(Gens.Adversarial.Where(static owner => owner.Length > 0)), static pair
            => AssertInjective(new CartKey(pair.Left), new CartKey(pair.Right)));

    [Fact]
    public void All_short_adversarial_pairs_have_different_keys()
    {
        var parts = new List<string> { "" };
        foreach (char first in Gens.KeyAlphabet)
        {
            parts.Add($"{first}");
            parts.AddRange(Gens.KeyAlphabet.Select(second => $"{first}{second}"));
        }

        var seen = new HashSet<string>();
        foreach (string a in parts)
        {
            Assert.All(parts.Where(static (_, index) => index % 7 == 0), b => Assert.True(seen.Add(new PairKey(a, b).ToString())));
        }
    }

    [Fact]
    public void Only_what_was_written_reads_as_short_text_of_what_is_escaped()
        => Always.Holds(Two(Gens.Adversarial), static pair => AssertCanonical<PairKey>(Encoding.UTF8.GetBytes($"pair:{pair.Left}:{pair.Right}")));

    [Fact]
    public void No_part_holds_a_byte_that_is_escaped()
        => Always.Holds(Gens.Text, static text =>
        {
            string part = new NameKey(text).ToString()["name:".Length..];
            Assert.DoesNotContain(part, static value => ":{}*?[]\\\u007f".Contains(value) || value < ' ');
        });

    private static void Check<TKey>(Gen<TKey> keys)
        where TKey : struct, IRedisKey<TKey>
    {
        Always.Holds(keys, AssertReadsBack);
        Always.Holds(Two(keys), static pair => AssertInjective(pair.Left, pair.Right));
        Always.Holds(keys.SelectMany(static key => Mutations(Bytes(key))), AssertCanonical<TKey>);
    }

    private static void AssertReadsBack<TKey>(TKey key)
        where TKey : struct, IRedisKey<TKey>
    {
        Assert.True(TKey.TryParse(Bytes(key), out TKey fromBytes));
        Assert.Equal(key, fromBytes);
        Assert.True(TKey.TryParse(key.ToString().AsSpan(), out TKey fromChars));
        Assert.Equal(key, fromChars);
        Assert.Equal(Bytes(key), Encoding.UTF8.GetBytes(key.ToString()!));
    }

    private static void AssertInjective<TKey>(TKey left, TKey right)
        where TKey : struct, IRedisKey<TKey>
        => Assert.Equal(left.Equals(right), Bytes(left).AsSpan().SequenceEqual(Bytes(right)));

    private static void AssertCanonical<TKey>(byte[] text)
        where TKey : struct, IRedisKey<TKey>
    {
        bool parsed = TKey.TryParse(text, out TKey key);
        if (parsed)
        {
            Assert.Equal(text, Bytes(key));
        }
        else
        {
            Assert.Equal(default, key);
        }

        string chars = Encoding.UTF8.GetString(text);
        if (Encoding.UTF8.GetBytes(chars).AsSpan().SequenceEqual(text))
        {
            Assert.Equal(parsed, TKey.TryParse(chars.AsSpan(), out _));
        }
    }

    private static byte[] Bytes<TKey>(TKey key)
        where TKey : struct, IRedisKey<TKey>
        => key.ToRedisKey()!;

    private static Gen<(T Left, T Right)> Two<T>(Gen<T> values)
        => from left in values
           from right in Gen.Frequency((3, values), (1, Gen.Constant(left)))
           select (left, right);

    /// <summary>The text with one to three bytes changed, put in or taken away.</summary>
    private static Gen<byte[]> Mutations(byte[] text)
    {
        Gen<byte> value = Gen.OneOf(
            Gen.Choose(0, 255).Select(static value => (byte)value),
            Gen.Elements("+-0 7:{}%*?[]\\3aAbBfF\0\n"u8.ToArray()));
        Gen<(int Kind, int Place, byte Value)> step =
            from kind in Gen.Choose(0, 4)
            from place in Gen.Choose(0, 10_000)
            from replacement in value
            select (kind, place, replacement);
        return Gen.Choose(1, 3).SelectMany(count => step.ArrayOf(count)).Select(steps =>
        {
            var bytes = new List<byte>(text);
            foreach ((int kind, int place, byte replacement) in steps)
            {
                int at = place % (bytes.Count + 1);
                switch (kind)
                {
                    case 0 when at < bytes.Count: bytes[at] = replacement; break;
                    case 1 when at < bytes.Count: bytes.RemoveAt(at); break;
                    case 2 when at < bytes.Count: bytes[at] ^= 0x20; break;
                    case 3: bytes.InsertRange(at, [(byte)'%', (byte)'3', replacement]); break;
                    default: bytes.Insert(at, replacement); break;
                }
            }

            return bytes.ToArray();
        });
    }
}
