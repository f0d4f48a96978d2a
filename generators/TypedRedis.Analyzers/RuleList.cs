using TypedRedis.Analyzers.Rules.Correctness;
using TypedRedis.Analyzers.Rules.Keys;
using TypedRedis.Analyzers.Rules.Models;
using TypedRedis.Analyzers.Rules.Operations;
using TypedRedis.Analyzers.Rules.Performance;

namespace TypedRedis.Analyzers;

/// <summary>All rules.</summary>
internal static class RuleList
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new SetThenExpire(),
        new IncrementThenExpire(),
        new ReadComputeWrite(),
        new ExistsThenAct(),
        new Locks(),
        new FireAndForget(),
        new SwallowedError(),
        new TimestampMember(),
        new ClientClockLimiter(),
        new CultureInKey(),
        new CacheWithoutExpiry(),
        new LostMessage(),
        new KeysCommand(),
        new CallPerItem(),
        new ConnectionPerCall(),
        new WholeForPart(),
        new ManyKeys(),
        new BlockingCommand(),
        new LargeValue(),
        new EvalInLoop(),
        new BlockingDelete(),
        new AdHocKeys(),
        new KeyNaming(),
        new SeveralDatabases(),
        new SlotsOfKeys(),
        new HandWrittenHash(),
        new ModelRules(),
        new ConnectionText(),
        new ScriptText(),
    ];
}
