using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace TypedRedis;

/// <content>Members and scores of what ranks and counts.</content>
public readonly partial struct CodecContext
{
    private const string MemberField = "(member)";

    // The least that a long does not hold. The largest long becomes the same double, so that a comparison of the two as longs would not tell.
    private const double PastInt64 = 9223372036854775808.0;

    /// <summary>Writes a member that is a string: its UTF-8, not escaped.</summary>
    /// <exception cref="RedisEncodeException">The string is null or holds half of a surrogate pair.</exception>
    public RedisValue WriteMember(string value)
        => ValueFormat.TryEncode(value ?? throw NullPart(MemberField), out RedisValue member) ? member : throw LonePart(value, MemberField);

    /// <summary>Writes a member that is an integer in decimal.</summary>
    public RedisValue WriteMember(ulong value) => ValueFormat.Of(value);

    /// <inheritdoc cref="WriteMember(ulong)"/>
    public RedisValue WriteMember(Int128 value) => (long)value == value ? (long)value : ValueFormat.Of(value);

    /// <inheritdoc cref="WriteMember(ulong)"/>
    public RedisValue WriteMember(UInt128 value) => value <= (ulong)long.MaxValue ? (long)value : ValueFormat.Of(value);

    /// <summary>A string that is a part of a member, which <see cref="KeyWriter"/> can write.</summary>
    /// <exception cref="RedisEncodeException">The string is null or holds half of a surrogate pair.</exception>
    public string MemberPart(string value, string name)
        => KeyText.IndexOfLoneSurrogate(value ?? throw NullPart(name)) < 0 ? value : throw LonePart(value, name);

    /// <summary>A character that is a part of a member, which <see cref="KeyWriter"/> can write.</summary>
    /// <exception cref="RedisEncodeException">The character is half of a surrogate pair.</exception>
    public char MemberPart(char value, string name) => char.IsSurrogate(value) ? throw LonePart([value], name) : value;

    /// <summary>Reads a member that is a string.</summary>
    /// <exception cref="RedisDecodeException">It is no UTF-8.</exception>
    public string ReadTextMember(RedisValue member) => ValueParser.TryString(member, out string? value) ? value : throw UndecodableMember(member, "UTF-8 text");

    /// <summary>Reads a member that is an integer, in the one text that it has.</summary>
    /// <exception cref="RedisDecodeException">It is no integer of that range, or has a sign or zeros that are not needed.</exception>
    public T ReadIntegerMember<T>(RedisValue member)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
    {
        bool read = member.IsInteger ? ValueParser.TryInteger(member, out T value) : NumberText.TryCanonicalInteger((byte[]?)member, out value);
        return read ? value : throw UndecodableMember(member, string.Create(CultureInfo.InvariantCulture, $"an integer from {T.MinValue} to {T.MaxValue}"));
    }

    /// <summary>The bytes of a member, for <see cref="KeyReader"/>.</summary>
    public ReadOnlySpan<byte> MemberBytes(RedisValue member) => (byte[]?)member;

    /// <summary>The error of a member that is none of the model's.</summary>
    /// <param name="member">The member.</param>
    /// <param name="expected">What it would have to be.</param>
    public RedisDecodeException UndecodableMember(RedisValue member, string expected)
    {
        string value = Printable.Of((byte[]?)member);
        return new RedisDecodeException(
            $"{Model}: '{Key}' holds the member '{value}', which is not {expected}. Another program wrote it, or the type of the member has changed: remove it, or give the model another key.",
            Model, Key, MemberField, value);
    }

    /// <summary>Writes a score.</summary>
    public double WriteScore(int score) => score;

    /// <summary>Writes a score.</summary>
    /// <exception cref="RedisEncodeException">A double cannot hold it exactly: it is beyond 2^53, and no double is equal to it.</exception>
    public double WriteScore(long score)
    {
        double written = score;
        return written < PastInt64 && (long)written == score ? written : throw InexactScore(score.ToString(CultureInfo.InvariantCulture), "an integer");
    }

    /// <summary>Writes a score. Negative zero becomes zero.</summary>
    /// <exception cref="RedisEncodeException">It is not a number, or infinite.</exception>
    public double WriteScore(double score)
        => double.IsFinite(score) ? Positive(score) : throw Unencodable(0, $"{score.ToString(CultureInfo.InvariantCulture)} has no place in a ranking. Submit a finite number");

    /// <summary>Writes a score: its ticks, of 100 nanoseconds.</summary>
    /// <exception cref="RedisEncodeException">A double cannot hold them exactly: it is longer than 28 years, and no double is equal to them.</exception>
    public double WriteScore(TimeSpan score)
    {
        double written = score.Ticks;
        return written < PastInt64 && (long)written == score.Ticks ? written : throw InexactScore($"{score:c}", "a duration");
    }

    /// <summary>Reads a score.</summary>
    /// <exception cref="RedisDecodeException">It is no integer of 32 bits.</exception>
    public int ReadInt32Score(double score) => (int)score == score ? (int)score : throw UndecodableScore(score, "a 32-bit integer");

    /// <summary>Reads a score.</summary>
    /// <exception cref="RedisDecodeException">It is no integer of 64 bits.</exception>
    public long ReadInt64Score(double score) => IsInt64(score) ? (long)score : throw UndecodableScore(score, "a 64-bit integer");

    /// <summary>Reads a score.</summary>
    /// <exception cref="RedisDecodeException">It is not a number, or infinite.</exception>
    public double ReadDoubleScore(double score) => double.IsFinite(score) ? Positive(score) : throw UndecodableScore(score, "a finite number");

    /// <summary>Reads a score of ticks.</summary>
    /// <exception cref="RedisDecodeException">It is no integer of 64 bits.</exception>
    public TimeSpan ReadTimeSpanScore(double score) => IsInt64(score) ? new TimeSpan((long)score) : throw UndecodableScore(score, "a duration in ticks of 100 nanoseconds");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsInt64(double score) => score is >= -PastInt64 and < PastInt64 && (long)score == score;

    private static double Positive(double score) => score == 0 ? 0 : score;

    private RedisEncodeException InexactScore(string score, string what)
        => Unencodable(0, $"Redis keeps scores as 64-bit floating point numbers, and none is equal to {score}. Submit {what} nearer to zero: those up to 2^53{(what == "an integer" ? "" : " ticks, which are 28 years,")} are exact");

    private RedisDecodeException UndecodableScore(double score, string expected)
    {
        string name = _schema.FieldName(0), value = score.ToString("R", CultureInfo.InvariantCulture);
        return new RedisDecodeException(
            $"{Model}: a member of '{Key}' has the score {value}, which as '{name}' is not {expected}. Another program wrote it, or the type of '{name}' has changed: remove the member, or give '{name}' a type that holds it.",
            Model, Key, name, value);
    }

    private RedisEncodeException NullPart(string name)
        => new($"{Model}: {PartOf(name)} of '{Key}' cannot be written: it is null. Give it a value. Nothing was written.", Model, Key, name);

    private RedisEncodeException LonePart(ReadOnlySpan<char> text, string name)
        => new(
            string.Create(CultureInfo.InvariantCulture, $"{Model}: {PartOf(name)} of '{Key}' cannot be written: it holds half of a surrogate pair at index {KeyText.IndexOfLoneSurrogate(text)} and has no UTF-8 form: '{Printable.Of(text)}'. Nothing was written."),
            Model, Key, name);

    private static string PartOf(string name) => name == MemberField ? "a member" : $"the part '{name}' of a member";
}
