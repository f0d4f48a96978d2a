using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Diagnostics;

/// <summary>The decimal texts of the integers of a type: no leading zeros, none beyond the type's range.</summary>
internal sealed class DecimalLanguage
{
    private readonly KeyAutomaton _automaton;
    private readonly int _end;
    private readonly string _most;
    private readonly HashSet<string> _excluded;
    private readonly HashSet<string> _prefixesOfExcluded;
    private readonly Dictionary<(int, Room, string?), int> _states = [];

    private DecimalLanguage(KeyAutomaton automaton, int end, string most, IEnumerable<string> excluded)
    {
        _automaton = automaton;
        _end = end;
        _most = most;
        _excluded = new HashSet<string>(excluded, StringComparer.Ordinal);
        _prefixesOfExcluded = new HashSet<string>(_excluded.SelectMany(static number => Enumerable.Range(1, number.Length).Select(length => number.Substring(0, length))), StringComparer.Ordinal);
    }

    // What may follow the digits so far: those of the greatest number itself, any up to its length, or any up to one fewer.
    private enum Room
    {
        AsTheGreatest,
        FullLength,
        OneFewer,
    }

    /// <summary>Goes from one state to another by the numbers of a range, given as texts, without some.</summary>
    public static void Add(KeyAutomaton automaton, int from, int to, (string Least, string Most) range, IReadOnlyCollection<string> excluded)
    {
        new DecimalLanguage(automaton, to, range.Most, excluded.Where(static number => number[0] != '-')).AddFirstDigit(from, zero: true);
        if (range.Least == "0")
            return;

        int minus = automaton.NewState();
        automaton.Range(from, minus, '-', '-');
        new DecimalLanguage(automaton, to, range.Least.Substring(1), excluded.Where(static number => number[0] == '-').Select(static number => number.Substring(1)))
            .AddFirstDigit(minus, zero: false);
    }

    public static (string Least, string Most) RangeOf(PartKind kind) => kind switch
    {
        PartKind.SByte => RangeOf(SpecialType.System_SByte),
        PartKind.Byte => RangeOf(SpecialType.System_Byte),
        PartKind.Int16 => RangeOf(SpecialType.System_Int16),
        PartKind.UInt16 => RangeOf(SpecialType.System_UInt16),
        PartKind.Int32 => RangeOf(SpecialType.System_Int32),
        PartKind.UInt32 => RangeOf(SpecialType.System_UInt32),
        PartKind.UInt64 => RangeOf(SpecialType.System_UInt64),
        PartKind.Int128 => ("-170141183460469231731687303715884105728", "170141183460469231731687303715884105727"),
        PartKind.UInt128 => ("0", "340282366920938463463374607431768211455"),
        _ => RangeOf(SpecialType.System_Int64),
    };

    public static (string Least, string Most) RangeOf(SpecialType type) => type switch
    {
        SpecialType.System_SByte => ("-128", "127"),
        SpecialType.System_Byte => ("0", "255"),
        SpecialType.System_Int16 => ("-32768", "32767"),
        SpecialType.System_UInt16 => ("0", "65535"),
        SpecialType.System_Int32 => ("-2147483648", "2147483647"),
        SpecialType.System_UInt32 => ("0", "4294967295"),
        SpecialType.System_UInt64 => ("0", "18446744073709551615"),
        _ => ("-9223372036854775808", "9223372036854775807"),
    };

    private void AddFirstDigit(int from, bool zero)
    {
        if (zero && !_excluded.Contains("0"))
            _automaton.Range(from, _end, '0', '0');
        AddDigits(from, length: 0, Room.AsTheGreatest, prefix: "", least: '1');
    }

    private void AddDigits(int from, int length, Room room, string? prefix, char least)
    {
        int longest = room == Room.OneFewer ? _most.Length - 1 : _most.Length;
        if (length >= longest)
            return;

        for (char digit = least; digit <= '9'; digit++)
        {
            var nextRoom = room != Room.AsTheGreatest ? room
                : digit < _most[length] ? Room.FullLength
                : digit > _most[length] ? Room.OneFewer
                : Room.AsTheGreatest;
            if (nextRoom == Room.OneFewer && length + 1 > _most.Length - 1)
                continue;

            // Digits are remembered only as long as one of the excluded numbers begins with them.
            string next = prefix + digit;
            bool isRemembered = prefix is not null && _prefixesOfExcluded.Contains(next);
            _automaton.Range(from, State(length + 1, nextRoom, isRemembered ? next : null), digit, digit);
        }
    }

    private int State(int length, Room room, string? prefix)
    {
        if (_states.TryGetValue((length, room, prefix), out int state))
            return state;

        state = _automaton.NewState();
        _states.Add((length, room, prefix), state);
        if (prefix is null || !_excluded.Contains(prefix))
            _automaton.Skip(state, _end);
        AddDigits(state, length, room, prefix, least: '0');
        return state;
    }
}
