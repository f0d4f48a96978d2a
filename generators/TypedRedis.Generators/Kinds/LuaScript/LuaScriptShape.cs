using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Lua;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.LuaScript;

/// <summary>The declaration of a member with a script, without the script itself.</summary>
/// <param name="Script">Where the script stands.</param>
/// <param name="Method">What a method passes and reads; null for a property.</param>
/// <param name="HasUnresolvedTypes">Whether a type is named that is only emitted, so that the generator does not see it.</param>
/// <param name="AllowsUndeclaredKeys">Whether the script may use keys that are not declared.</param>
internal sealed record LuaScriptShape(ScriptReference Script, ScriptMethod? Method, bool HasUnresolvedTypes, bool AllowsUndeclaredKeys)
{
    /// <summary>Reads a declaration; null where it has an error.</summary>
    public static LuaScriptShape? Parse(ISymbol member, MemberDeclarationSyntax syntax, AttributeData attribute, ParseContext context)
    {
        string name = $"{member.ContainingType.Name}.{member.Name}";
        if (WhyNotMember(member, syntax, context) is { } shape)
        {
            context.Report(Rules.LuaMember, member.SourceLocation(), name, shape);
            return null;
        }

        if (Reference(name, syntax, attribute, context) is not { } script)
            return null;

        bool allows = attribute.NamedArgument("AllowUndeclaredKeys") is true;
        if (member is not IMethodSymbol method)
            return new LuaScriptShape(script, Method: null, HasUnresolvedTypes: false, allows);

        var parser = new ScriptMethodParser(method, (MethodDeclarationSyntax)syntax, name, context);
        return parser.Parse() is { } parsed && !context.HasErrors ? new LuaScriptShape(script, parsed, parser.HasUnresolvedTypes, allows) : null;
    }

    private static string? WhyNotMember(ISymbol member, MemberDeclarationSyntax syntax, ParseContext context)
    {
        if (!member.IsStatic)
            return "it is not static; make it static, with a RedisContext as its first parameter";
        if (!syntax.Modifiers.Any(SyntaxKind.PartialKeyword) || LuaScriptKind.HasBody(syntax))
            return "the generator writes its other half: make it partial and give it no body";
        if (LuaScriptKind.HasFileLocal(member.ContainingType))
            return "its type is file-local, so that its other half cannot be generated; make it internal";
        if (HierarchyInfo.FindClosed(member.ContainingType, context.CancellationToken) is { } closed)
            return $"'{closed.Name}' is not partial, so that its other half cannot be generated; make it partial";
        if (member is IPropertySymbol property)
        {
            return !property.Type.Is(SymbolExtensions.OwnNamespace, "RedisScript") ? "a property with a script is of type RedisScript"
                : property.SetMethod is not null || property.Parameters.Length > 0 ? "a property with a script has a getter alone: { get; }"
                : null;
        }

        var method = (IMethodSymbol)member;
        if (method.IsGenericMethod)
            return "it is generic, and the script does not know its type arguments; make it non-generic";
        return method.Parameters.Length == 0 || !method.Parameters[0].Type.Is(SymbolExtensions.OwnNamespace, "RedisContext")
            ? "its first parameter has to be a RedisContext, on which it runs"
            : null;
    }

    private static ScriptReference? Reference(string name, MemberDeclarationSyntax syntax, AttributeData attribute, ParseContext context)
    {
        string? text = attribute.Argument(0) as string, file = attribute.NamedArgument("File") as string;
        string? fault = text is not null && file is not null ? "its attribute has a text and a file; leave one of them out"
            : text is null && file is null ? "its attribute has no script; write the text, or File = \"….lua\""
            : text is not null && text.Trim().Length == 0 ? "its script is empty; write one that returns what the method answers"
            : null;
        if (fault is null)
            return new ScriptReference(text, file, syntax.SyntaxTree.FilePath);

        context.Report(Rules.LuaMember, LiteralLocation.Of(attribute, context.CancellationToken), name, fault);
        return null;
    }
}

/// <summary>Reads the parameters and the result of a method with a script.</summary>
internal sealed class ScriptMethodParser(IMethodSymbol method, MethodDeclarationSyntax syntax, string name, ParseContext context)
{
    private readonly List<ScriptParameter> _parameters = [];

    // Single keys, by which an entity can be read: the parameter, and the name of its type.
    private readonly List<(IParameterSymbol Parameter, string TypeName)> _typedKeys = [];

    public bool HasUnresolvedTypes { get; private set; }

    public ScriptMethod? Parse()
    {
        string token = "default";
        for (int i = 1; i < method.Parameters.Length; i++)
        {
            var parameter = method.Parameters[i];
            if (parameter.Type.Is("System.Threading", "CancellationToken"))
            {
                if (i + 1 < method.Parameters.Length)
                    Refuse(parameter, "the CancellationToken comes last");
                token = Identifiers.Escape(parameter.Name);
                continue;
            }

            Add(parameter);
        }

        CheckOrder();
        string? result = ParseResult();
        return context.HasErrors ? null : new ScriptMethod(Identifiers.Escape(method.Parameters[0].Name), token, _parameters.ToEquatableArray(), result);
    }

    private void Refuse(IParameterSymbol parameter, string why) => context.Report(Rules.LuaParameter, parameter.SourceLocation(), name, parameter.Name, why);

    // ---- parameters

    private void Add(IParameterSymbol parameter)
    {
        if (parameter.RefKind != RefKind.None)
        {
            Refuse(parameter, "it is passed by reference; pass it by value");
            return;
        }

        if (WhyNotName(parameter.Name) is { } fault)
        {
            Refuse(parameter, fault);
            return;
        }

        bool isMarked = parameter.FindAttribute("LuaKeyAttribute") is not null;
        var element = ElementOf(parameter.Type);
        var type = element ?? parameter.Type;
        var kind = KindOf(type);
        if (kind == KeyKind.Unknown)
        {
            // The compiler says that there is no such type; or it is emitted, but no key, which the analyzer sees.
            context.Fail();
            return;
        }

        if (isMarked || kind == KeyKind.Typed)
            AddKey(parameter, type, kind, element is not null);
        else if (kind == KeyKind.RedisKey)
            Refuse(parameter, "it is a RedisKey without [LuaKey]; mark it with [LuaKey], or make it a RedisValue if it is no key");
        else
            AddArgument(parameter, type, element is not null);
    }

    private void AddKey(IParameterSymbol parameter, ITypeSymbol type, KeyKind kind, bool isMany)
    {
        if (kind == KeyKind.None)
        {
            Refuse(parameter, $"a key is a string, a RedisKey, a typed key such as UserKey, or a collection of these, not '{TypeNames.ForPeople(parameter.Type)}'");
            return;
        }

        if (type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T || type.NullableAnnotation == NullableAnnotation.Annotated || parameter.Type.NullableAnnotation == NullableAnnotation.Annotated)
        {
            Refuse(parameter, "a key is never null; make it non-nullable");
            return;
        }

        string escaped = Identifiers.Escape(parameter.Name);
        if (kind == KeyKind.Typed && !isMany)
            _typedKeys.Add((parameter, type.Name));
        _parameters.Add(new ScriptParameter(
            new LuaParameter(parameter.Name, IsKey: true, isMany),
            escaped,
            kind == KeyKind.Typed ? escaped + ".ToRedisKey()" : escaped,
            Writer: "",
            IsNullable: false,
            NullableValue: ""));
    }

    private void AddArgument(IParameterSymbol parameter, ITypeSymbol type, bool isMany)
    {
        bool isNullable = type.IsValueType
            ? type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T
            : type.NullableAnnotation == NullableAnnotation.Annotated;
        var plain = type.WithoutNull();
        string? writer = plain.Is("StackExchange.Redis", "RedisValue") ? "" : EncodingParser.OfType(plain, home: null)?.Writer;
        if (writer is null)
        {
            Refuse(parameter, $"'{TypeNames.ForPeople(parameter.Type)}' has no text of its own; pass what the script needs of it, or a string such as its JSON");
            return;
        }

        if (isMany && (isNullable || parameter.Type.NullableAnnotation == NullableAnnotation.Annotated))
        {
            Refuse(parameter, isNullable ? "a table of arguments has no place for null; leave such items out" : "a collection is never null; pass an empty one");
            return;
        }

        string value = isNullable && type.IsValueType ? ".Value" : "";
        _parameters.Add(new ScriptParameter(new LuaParameter(parameter.Name, IsKey: false, isMany), Identifiers.Escape(parameter.Name), Key: "", writer, isNullable, value));
    }

    // Of several kinds of one sort, the number of the last is not fixed.
    private void CheckOrder()
    {
        foreach (bool isKey in new[] { true, false })
        {
            var sort = _parameters.Where(parameter => parameter.Lua.IsKey == isKey).ToList();
            for (int i = 0; i + 1 < sort.Count; i++)
            {
                if (!sort[i].Lua.IsMany)
                    continue;

                var parameter = method.Parameters.First(parameter => parameter.Name == sort[i].Lua.Name);
                Refuse(parameter, sort[i + 1].Lua.IsMany || sort.Skip(i + 1).Any(static other => other.Lua.IsMany)
                    ? $"a method has one collection of {(isKey ? "keys" : "arguments")}, so that the script finds its end; put the others into it"
                    : $"a collection of {(isKey ? "keys" : "arguments")} comes behind the single ones");
            }
        }
    }

    private static string? WhyNotName(string name)
    {
        if (LuaLexer.IsKeyword(name))
            return $"'{name}' is a word of Lua; give it another name";
        if (!LuaLexer.IsName(name))
            return "a name in Lua has letters without accents, digits and '_' alone; give it such a name";
        return LuaGlobals.Exists(name) ? $"'{name}' would hide what every script has under that name; give it another name" : null;
    }

    // ---- types

    private enum KeyKind
    {
        /// <summary>No key.</summary>
        None,
        String,
        RedisKey,
        Typed,

        /// <summary>A type that does not exist, or not yet.</summary>
        Unknown,
    }

    private KeyKind KindOf(ITypeSymbol type)
    {
        var plain = type.WithoutNull();
        if (plain.SpecialType == SpecialType.System_String)
            return KeyKind.String;
        if (plain.Is("StackExchange.Redis", "RedisKey"))
            return KeyKind.RedisKey;
        if (plain.TypeKind == TypeKind.Error)
        {
            // Emitted keys end like this, and nothing else that is emitted does.
            HasUnresolvedTypes = true;
            return plain.Name.EndsWith("Key", StringComparison.Ordinal) && plain.Name.Length > 3 ? KeyKind.Typed : KeyKind.Unknown;
        }

        return IsTypedKey(plain) ? KeyKind.Typed : KeyKind.None;
    }

    internal static bool IsTypedKey(ITypeSymbol type)
        => type.IsValueType && type.AllInterfaces.Any(candidate => candidate.Is(SymbolExtensions.OwnNamespace, "IRedisKey") && SymbolEqualityComparer.Default.Equals(candidate.TypeArguments[0], type));

    // What a collection holds; null for what is none. A text and bytes are single values.
    private static ITypeSymbol? ElementOf(ITypeSymbol type)
    {
        if (type.SpecialType == SpecialType.System_String || type is IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte })
            return null;
        if (type is IArrayTypeSymbol { Rank: 1 } array)
            return array.ElementType;
        if (type is not INamedTypeSymbol named || type.TypeKind == TypeKind.Error)
            return null;
        var sequence = named.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T
            ? named
            : named.AllInterfaces.FirstOrDefault(static candidate => candidate.OriginalDefinition.SpecialType == SpecialType.System_Collections_Generic_IEnumerable_T);
        return sequence?.TypeArguments[0];
    }

    // ---- the result

    private string? ParseResult()
    {
        var type = method.ReturnType;
        if (type.Is("System.Threading.Tasks", "Task"))
        {
            var arguments = ((INamedTypeSymbol)type).TypeArguments;
            if (arguments.IsEmpty)
                return null;

            return Read(arguments[0], "$reply", isTop: true, out _);
        }

        if (type.TypeKind == TypeKind.Error)
            context.Fail();
        else
            context.Report(Rules.LuaMember, syntax.ReturnType.GetLocation(), name, type.Is("System.Threading.Tasks", "ValueTask")
                ? "it returns a ValueTask; return a Task, since every call waits for the server"
                : "it has to return a Task, or a Task<T> with the reply");
        return null;
    }

    // The expression that reads a reply, an item of one, as a type.
    private string? Read(ITypeSymbol type, string reply, bool isTop, out bool isCapturing)
    {
        isCapturing = false;
        var plain = type.WithoutNull();
        bool isNullable = type.IsValueType ? !SymbolEqualityComparer.Default.Equals(plain, type) : type.NullableAnnotation == NullableAnnotation.Annotated;
        if (plain.TypeKind == TypeKind.Error)
        {
            context.Fail();
            return null;
        }

        if (plain.Is("StackExchange.Redis", "RedisValue"))
            return $"{reply}.Value";
        if (plain.Is("StackExchange.Redis", "RedisResult"))
            return isNullable ? $"{reply}.Result" : $"{reply}.Result!";
        if (Reader(plain) is { } reader)
            return $"{reply}.Read(static (context, values, index) => {Scalar(type, plain, isNullable, reader)})";

        if (plain is INamedTypeSymbol { IsTupleType: true, TupleElements: var elements })
            return ReadTuple(elements, reply, isNullable, type, out isCapturing);
        if (plain is INamedTypeSymbol { TypeArguments: { Length: 2 } pair } && plain.ContainingNamespace.Is("System.Collections.Generic")
            && plain.Name is "Dictionary" or "IReadOnlyDictionary" or "IDictionary" && pair[0].SpecialType == SpecialType.System_String)
            return Nullable(ReadEach("ReadMap", pair[1], reply), reply, isNullable, type);
        if (ArrayElement(plain) is { } element)
            return Nullable(ReadEach("ReadMany", element, reply), reply, isNullable, type);
        return isTop && plain is INamedTypeSymbol model && model.FindAttribute(RedisHash.RedisHashKind.Attribute) is { } attribute
            ? ReadEntity(model, attribute, reply, isNullable)
            : RefuseResult(type, plain.FindAttribute(RedisHash.RedisHashKind.Attribute) is not null
                ? "an entity needs its key, of which one call has one: make the result one entity, or a tuple or array of values"
                : "a reply is a number, a text, nil, or a table of these: use such a type, an array, a tuple, a dictionary, or a model with [RedisHash]");
    }

    private static string? Reader(ITypeSymbol plain)
        => plain.TypeKind == TypeKind.Enum ? $"ReadEnumCode<{TypeNames.Of(plain, home: null)}>" : EncodingParser.OfType(plain, home: null)?.Reader;

    private static string Scalar(ITypeSymbol type, ITypeSymbol plain, bool isNullable, string reader)
    {
        string read = $"context.{reader}(values, index)";

        // false in Lua is nil in a reply.
        if (plain.SpecialType == SpecialType.System_Boolean && !isNullable)
            return $"!values[index].IsNull && {read}";
        if (!isNullable)
            return read;
        return type.IsValueType
            ? $"values[index].IsNull ? default({TypeNames.Of(type, home: null)}) : {read}"
            : $"values[index].IsNull ? null : {read}";
    }

    private static string? Nullable(string? read, string reply, bool isNullable, ITypeSymbol type)
        => read is null ? null : isNullable ? $"({reply}.IsNull ? default({TypeNames.Of(type, home: null)}) : {read})" : read;

    private string? ReadEach(string method, ITypeSymbol element, string reply)
        => Read(element, "item", isTop: false, out _) is { } read ? $"{reply}.{method}(static item => {read})" : null;

    private string? ReadTuple(System.Collections.Immutable.ImmutableArray<IFieldSymbol> elements, string reply, bool isNullable, ITypeSymbol type, out bool isCapturing)
    {
        var reads = new List<string>();
        isCapturing = false;
        foreach (var element in elements)
        {
            if (Read(element.Type, $"items[{reads.Count}]", isTop: false, out _) is not { } read)
                return null;
            reads.Add(read);
        }

        return Nullable($"{reply}.ReadItems({elements.Length}, static items => ({string.Join(", ", reads)}))", reply, isNullable, type);
    }

    private static ITypeSymbol? ArrayElement(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol { Rank: 1 } array => array.ElementType,
        INamedTypeSymbol { TypeArguments.Length: 1, Name: "IReadOnlyList" or "IReadOnlyCollection" or "IEnumerable" } named when named.ContainingNamespace.Is("System.Collections.Generic") => named.TypeArguments[0],
        _ => null,
    };

    private string? ReadEntity(INamedTypeSymbol model, AttributeData attribute, string reply, bool isNullable)
    {
        if (Projection.ProjectedEntity.Parse(model, attribute, context) is not { } entity)
        {
            // Its own errors are reported where it is declared.
            if (context.IsOurs(model))
                context.Fail();
            else
                RefuseResult(model, "its assembly has no generated mapper for it that this assembly sees; make the model public and compile it with TypedRedis");
            return null;
        }

        var keys = _typedKeys.Where(key => key.TypeName == entity.Names.Key.TrimStart('@')).ToList();
        if (keys.Count != 1)
            return RefuseResult(model, $"an entity is read with its key, so that the method needs one parameter of type {entity.Names.Key}");

        string read = $"{reply}.ReadEntity<{entity.Identity.GlobalReference}, {entity.Identity.Globalize(entity.Names.Key)}, {entity.Identity.Globalize(entity.Names.Mapper)}>({Identifiers.Escape(keys[0].Parameter.Name)})";
        return isNullable ? read : $"{read} ?? throw {reply}.Missing()";
    }

    private string? RefuseResult(ITypeSymbol type, string why)
    {
        context.Report(Rules.LuaResult, syntax.ReturnType.GetLocation(), name, TypeNames.ForPeople(type), why);
        return null;
    }
}
