using Microsoft.CodeAnalysis;

namespace TypedRedis.Generators.Diagnostics;

/// <content>What ranks and counts.</content>
internal static partial class Rules
{
    /// <summary>model, what it does with its members.</summary>
    public static readonly DiagnosticDescriptor NoRankedMember = Rule(
        "TR1080",
        "What ranks or counts has a member",
        "'{0}' does not say whom or what it {1}: mark a property with [Member], or several for a composite");

    /// <summary>model, member, why it cannot be and what to do.</summary>
    public static readonly DiagnosticDescriptor RankedMember = Rule(
        "TR1081",
        "The property cannot be the member",
        "'{0}.{1}' cannot be the member: {2}");

    /// <summary>model, what it has instead and what to do.</summary>
    public static readonly DiagnosticDescriptor OneScore = Rule(
        "TR1082",
        "A leaderboard has one score",
        "'{0}' must have one property with [Score], but {1}");

    /// <summary>model, member, type, why it cannot be and what to do.</summary>
    public static readonly DiagnosticDescriptor ScoreType = Rule(
        "TR1083",
        "The property cannot be the score",
        "'{0}.{1}' is of type '{2}' and cannot be the score: {3}");

    /// <summary>model, what is wrong with them and what to do.</summary>
    public static readonly DiagnosticDescriptor PeriodUnits = Rule(
        "TR1084",
        "There are no such periods",
        "'{0}' must name its periods, but {1}");

    /// <summary>model, what it does not say, what to write.</summary>
    public static readonly DiagnosticDescriptor RequiredOption = Rule(
        "TR1085",
        "What ranks or counts lacks an option",
        "'{0}' does not say {1}: {2}");

    /// <summary>model, the text, what is wrong with it and what to do.</summary>
    public static readonly DiagnosticDescriptor PeriodTimeZone = Rule(
        "TR1086",
        "The time zone cannot be read",
        "'{0}' cannot have the time zone '{1}': {2}");

    /// <summary>model, option, value, what it must be.</summary>
    public static readonly DiagnosticDescriptor MeasureOptionRange = Rule(
        "TR1087",
        "The option of what ranks or counts is out of its range",
        "'{0}' cannot have {1} = {2}: it must be {3}");

    /// <summary>model, option, why it cannot be and what to do.</summary>
    public static readonly DiagnosticDescriptor MeasureOptions = Rule(
        "TR1088",
        "The options of what ranks or counts contradict each other",
        "'{0}' cannot have {1}: {2}");

    /// <summary>model, member, why it cannot be and what to do.</summary>
    public static readonly DiagnosticDescriptor Interaction = Rule(
        "TR1089",
        "The property cannot be the kind of interaction",
        "'{0}.{1}' cannot be the kind of interaction: {2}");

    /// <summary>enum, constant, what is wrong with its weight and what to do.</summary>
    public static readonly DiagnosticDescriptor InteractionWeight = Rule(
        "TR1090",
        "The weight of an interaction is out of its range",
        "'{0}.{1}' cannot be weighed: {2}");

    /// <summary>model, member.</summary>
    public static readonly DiagnosticDescriptor CounterProperty = Rule(
        "TR1091",
        "A counter by periods consists of its key",
        "'{0}.{1}' is no part of the key, and the store counts by key alone: name it in the template, or mark it [RedisIgnore]");

    private static DiagnosticDescriptor[] OfRanking =>
    [
        NoRankedMember, RankedMember, OneScore, ScoreType, PeriodUnits, RequiredOption, PeriodTimeZone, MeasureOptionRange, MeasureOptions, Interaction, InteractionWeight, CounterProperty,
    ];
}
