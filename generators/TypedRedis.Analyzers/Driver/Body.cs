using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace TypedRedis.Analyzers.Driver;

/// <summary>A body with its lambdas and local functions: what is done with its locals. It is walked over once, when the first rule asks.</summary>
internal sealed class Body(ImmutableArray<IOperation> blocks)
{
    private readonly Dictionary<ILocalSymbol, List<Definition>> _definitions = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ILocalSymbol, List<ILocalReferenceOperation>> _reads = new(SymbolEqualityComparer.Default);
    private readonly List<IConversionOperation> _conversions = [];
    private readonly List<IConditionalOperation> _branches = [];
    private bool _isWalked;
    private bool _hasLock;

    /// <summary>Conversions of a string to another type.</summary>
    public IReadOnlyList<IConversionOperation> ConversionsOfStrings => Walked()._conversions;

    /// <summary>Each <c>if</c> and <c>?:</c>.</summary>
    public IReadOnlyList<IConditionalOperation> Branches => Walked()._branches;

    /// <summary>Whether something here sounds like a lock: a <c>lock</c> statement, or a call whose name says so.</summary>
    public bool HasLock => Walked()._hasLock;

    /// <summary>Where a local is used as a value.</summary>
    public IReadOnlyList<ILocalReferenceOperation> ReadsOf(ILocalSymbol local) => Walked()._reads.TryGetValue(local, out var reads) ? reads : [];

    /// <summary>The value of a local that is given one once; null for others.</summary>
    public IOperation? OnlyValueOf(ILocalSymbol local) => Walked()._definitions.TryGetValue(local, out var definitions) && definitions.Count == 1 ? definitions[0].Value : null;

    /// <summary>An expression, or what it stands for where it is a local that is given a value once.</summary>
    public IOperation Resolve(IOperation operation, int hops = 3)
    {
        operation = operation.Unwrap();
        while (hops-- > 0 && operation is ILocalReferenceOperation { IsDeclaration: false } local && OnlyValueOf(local.Local) is { } value)
            operation = value.Unwrap();
        return operation;
    }

    /// <summary>The values that a local can have at a place: those given to it since the last that certainly was.</summary>
    public IEnumerable<IOperation> ValuesAt(ILocalSymbol local, IOperation place)
    {
        if (!Walked()._definitions.TryGetValue(local, out var definitions))
            return [];

        int from = definitions.FindLastIndex(definition => definition.Replaces && definition.Place.Precedes(place));
        return definitions.Skip(Math.Max(from, 0)).Where(definition => definition.Place.Syntax.SpanStart < place.Syntax.SpanStart).Select(static definition => definition.Value);
    }

    /// <summary>Whether a value is made of the result of a call, over its locals.</summary>
    public bool IsMadeOf(IOperation value, IOperation call) => Any(value, operation => operation == call);

    /// <summary>Whether a condition holds for a part of a value, or of what its locals were made of.</summary>
    public bool Any(IOperation value, Func<IOperation, bool> condition)
    {
        // Each value is looked at once, in however many ways it is come to.
        var seen = new HashSet<IOperation> { value };
        var open = new Queue<IOperation>();
        open.Enqueue(value);
        while (open.Count > 0)
        {
            foreach (var operation in Parts(open.Dequeue()))
            {
                if (condition(operation))
                    return true;
                if (operation is not ILocalReferenceOperation { IsDeclaration: false } reference)
                    continue;

                foreach (var source in ValuesAt(reference.Local, reference))
                {
                    if (seen.Add(source))
                        open.Enqueue(source);
                }
            }
        }

        return false;
    }

    /// <summary>Whether two calls, the second behind the first, are about the same key of the same database.</summary>
    public bool IsSameKey(DriverCall first, DriverCall second)
    {
        if (!first.Key.IsSameAs(second.Key) || !IsSameInstance(first.Operation.Instance, second.Operation.Instance))
            return false;

        // Nothing is put into what the key is made of between the two.
        foreach (var part in second.Key!.DescendantsAndSelf())
        {
            if (part is ILocalReferenceOperation local && Walked()._definitions.TryGetValue(local.Local, out var definitions)
                && definitions.Exists(definition => definition.Place.Syntax.SpanStart > first.Operation.Syntax.SpanStart && definition.Place.Syntax.SpanStart < second.Operation.Syntax.SpanStart))
                return false;
        }

        return true;
    }

    private static bool IsSameInstance(IOperation? first, IOperation? second) => (first is null && second is null) || first.IsSameAs(second);

    // Without what stands in for a value that is missing: of a ?? Load() both, of a ?? 0 the first alone.
    private static IEnumerable<IOperation> Parts(IOperation value)
    {
        var open = new Stack<IOperation>();
        open.Push(value);
        while (open.Count > 0)
        {
            var operation = open.Pop();
            yield return operation;
            if (operation is ICoalesceOperation coalesce && coalesce.WhenNull.Unwrap() is not (IObjectCreationOperation or IDefaultValueOperation or { ConstantValue.HasValue: true } or IArrayCreationOperation))
            {
                open.Push(coalesce.WhenNull);
                continue;
            }

            foreach (var child in operation.ChildOperations)
                open.Push(child);
        }
    }

    private Body Walked()
    {
        if (_isWalked)
            return this;

        _isWalked = true;
        foreach (var block in blocks)
        {
            foreach (var operation in block.DescendantsAndSelf())
                See(operation);
        }

        foreach (var definitions in _definitions.Values)
            definitions.Sort(static (a, b) => a.Place.Syntax.SpanStart.CompareTo(b.Place.Syntax.SpanStart));
        return this;
    }

    private void See(IOperation operation)
    {
        switch (operation)
        {
            case IVariableDeclaratorOperation { Initializer.Value: { } value } declarator:
                Define(declarator.Symbol, operation, value);
                break;
            case ICompoundAssignmentOperation { Target: ILocalReferenceOperation target } compound:
                Define(target.Local, operation, compound.Value, replaces: false);
                break;
            case ICoalesceAssignmentOperation { Target: ILocalReferenceOperation target } coalesce:
                Define(target.Local, operation, coalesce.Value);
                break;
            case IDeconstructionAssignmentOperation deconstruction:
                foreach (var target in deconstruction.Target.DescendantsAndSelf().OfType<ILocalReferenceOperation>())
                    Define(target.Local, operation, deconstruction.Value);
                break;
            case ISimpleAssignmentOperation { Target: ILocalReferenceOperation target } assignment:
                Define(target.Local, operation, assignment.Value);
                break;
            case IIncrementOrDecrementOperation { Target: ILocalReferenceOperation target }:
                Define(target.Local, operation, target, replaces: false);
                break;
            case IArgumentOperation { Parameter.RefKind: RefKind.Out or RefKind.Ref, Parent: { } call } argument:
                foreach (var target in argument.Value.DescendantsAndSelf().OfType<ILocalReferenceOperation>())
                    Define(target.Local, call, call, replaces: argument.Parameter.RefKind == RefKind.Out);
                break;
            case IForEachLoopOperation loop:
                foreach (var local in loop.Locals)
                    Define(local, loop.LoopControlVariable, loop.Collection);
                break;
            case IIsPatternOperation pattern:
                foreach (var declared in pattern.Pattern.DescendantsAndSelf())
                {
                    var symbol = declared switch
                    {
                        IDeclarationPatternOperation declaration => declaration.DeclaredSymbol,
                        IRecursivePatternOperation recursive => recursive.DeclaredSymbol,
                        _ => null,
                    };
                    if (symbol is ILocalSymbol named)
                        Define(named, declared, pattern.Value);
                }

                break;
            case ILocalReferenceOperation { IsDeclaration: false } read when operation.Parent is not IAssignmentOperation { Target: var target } || target != operation:
                if (!_reads.TryGetValue(read.Local, out var reads))
                    _reads.Add(read.Local, reads = []);
                reads.Add(read);
                break;
            case IConversionOperation { Operand.Type.SpecialType: SpecialType.System_String } conversion:
                _conversions.Add(conversion);
                break;
            case IConditionalOperation branch:
                _branches.Add(branch);
                break;
            case ILockOperation:
                _hasLock = true;
                break;
            case IInvocationOperation { TargetMethod.Name: var name } when SoundsLikeLock(name):
                _hasLock = true;
                break;
        }
    }

    private static bool SoundsLikeLock(string name)
        => name.Contains("Lock") || name.Contains("Acquire") || name.Contains("Mutex") || name.Contains("Semaphore") || name == "WaitAsync";

    private void Define(ILocalSymbol local, IOperation place, IOperation value, bool replaces = true)
    {
        if (!_definitions.TryGetValue(local, out var definitions))
            _definitions.Add(local, definitions = []);
        definitions.Add(new Definition(place, value, replaces));
    }

    private readonly record struct Definition(IOperation Place, IOperation Value, bool Replaces);
}
