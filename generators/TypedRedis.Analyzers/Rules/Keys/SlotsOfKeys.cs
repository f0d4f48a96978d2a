using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TypedRedis.Analyzers.Driver;

namespace TypedRedis.Analyzers.Rules.Keys;

/// <summary>One command with keys that a cluster has on several nodes.</summary>
internal sealed class SlotsOfKeys : SingleRule
{
    public static readonly DiagnosticDescriptor Rule = Describe(
        "TR4006",
        "The keys of one command are of several slots",
        "'{0}' has the keys '{1}' and '{2}', which have no hash tag in common, so that a cluster refuses it: give both the same {{tag}}",
        DiagnosticSeverity.Info);

    protected override DiagnosticDescriptor Descriptor => Rule;

    public override void Register(RuleRegistry registry) => registry.OnCall(
        static context =>
        {
            var texts = new List<(IOperation Key, string Tag)>();
            foreach (var key in Keys(context.Call))
            {
                if (KeyText.Of(key) is { } text && Tag(text) is { } tag)
                    texts.Add((key, tag));
            }

            int other = texts.FindIndex(text => text.Tag != texts[0].Tag);
            if (other > 0)
                context.Report(Rule, context.Call.NameLocation, context.Call.Operation.TargetMethod.Name, texts[0].Key.Syntax, texts[other].Key.Syntax);
        },
        "KeyRename", "SetCombine", "SetCombineAndStore", "SortedSetCombineAndStore", "SortedSetCombine", "StringBitOperation", "HyperLogLogMerge", "HyperLogLogLength",
        "ListRightPopLeftPush", "ListMove", "SetMove", "KeyCopy", "ScriptEvaluate", "StringGet");

    private static IEnumerable<IOperation> Keys(DriverCall call)
    {
        foreach (var argument in call.Operation.Arguments)
        {
            if (argument.ArgumentKind == ArgumentKind.DefaultValue || argument.Parameter is not { } parameter)
                continue;

            var value = argument.Value.Unwrap();
            if (parameter.Type.Name == "RedisKey")
            {
                yield return value;
            }
            else if (parameter.Type is IArrayTypeSymbol { ElementType.Name: "RedisKey" })
            {
                foreach (var element in value.Elements() ?? [])
                    yield return element.Unwrap();
            }
        }
    }

    // What decides of the slot, where the source says it: the hash tag, or else the whole text. Null where it could be anything: a text may bring a tag along.
    private static string? Tag(KeyText text)
    {
        if (!text.Pieces.Any(static piece => piece is not null && piece.Contains('{')))
            return text.Values.All(IsWithoutTag) ? string.Concat(text.Shape, "|", string.Join("|", text.Values.Select(static value => value.Syntax.ToString()))) : null;

        if (text.Values.Count > 0)
            return null;

        string key = text.Shape;
        int open = key.IndexOf('{'), close = key.IndexOf('}', open + 1);
        return close > open + 1 ? key.Substring(open + 1, close - open - 1) : key;
    }

    private static bool IsWithoutTag(IOperation value) => value.Unwrap().Type switch
    {
        { SpecialType: >= SpecialType.System_Boolean and <= SpecialType.System_Double and not SpecialType.System_Char or SpecialType.System_DateTime } => true,
        { Name: "Guid" or "DateOnly" or "DateTimeOffset" } => true,
        { TypeKind: TypeKind.Enum } => true,
        _ => false,
    };
}
