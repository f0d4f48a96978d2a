using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Facets;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Kinds.RedisHash;

/// <summary>Reads the indexes of one model: <c>[Indexed]</c> of its members in their order, then <c>[RedisIndex]</c> of the model and its bases.</summary>
internal sealed class IndexParser
{
    public const string Attribute = "RedisIndexAttribute";

    private readonly INamedTypeSymbol _type;
    private readonly KeyModel _key;
    private readonly EquatableArray<MemberModel> _members;
    private readonly HashNames _names;
    private readonly bool _seesInternals;
    private readonly ParseContext _context;
    private readonly INamespaceSymbol _home;
    private readonly List<(INamedTypeSymbol Owner, AttributeData Attribute)> _declared;
    private readonly IndexMember[] _parts;
    private readonly List<IndexModel> _indexes = [];

    public IndexParser(INamedTypeSymbol type, KeyModel key, HashNames names, EquatableArray<MemberModel> members, bool seesInternals, ParseContext context)
    {
        (_type, _key, _names, _members, _seesInternals, _context) = (type, key, names, members, seesInternals, context);
        _home = type.ContainingNamespace;
        _declared = [.. type.SelfAndBases().Reverse().SelectMany(static current => current.FindAttributes(Attribute).Select(attribute => (current, attribute)))];

        var named = new HashSet<string?>(_declared.SelectMany(static declared => MembersOf(declared.Attribute)), StringComparer.Ordinal);
        _parts = [.. key.Parts.Where(part => named.Contains(part.Part.Name)).Select((part, index) => OfPart(part, members.Count + index))];
    }

    private IEnumerable<string> MemberNames => _members.Select(static member => member.Name).Concat(_key.Parts.Select(static part => part.Part.Name));

    public IndexSet Parse()
    {
        foreach (var member in _members)
        {
            if (ModelProperties.Find(_type, member.Name) is { } property)
                OfMember(property, member);
        }

        foreach (var (owner, attribute) in _declared)
        {
            // A derived model declares an index of its base anew.
            bool isReplaced = _declared.Exists(other => other.Owner.SelfAndBases().Skip(1).Contains(owner, SymbolEqualityComparer.Default) && other.Attribute.Argument(0) is string name && name == attribute.Argument(0) as string);
            if (!isReplaced)
                OfModel(attribute);
        }

        return new IndexSet(_indexes.ToEquatableArray(), _parts.ToEquatableArray());
    }

    private static IEnumerable<string?> MembersOf(AttributeData attribute)
        => attribute.ConstructorArguments.Length == 2 && attribute.ConstructorArguments[1] is { Kind: TypedConstantKind.Array, IsNull: false } members
            ? members.Values.Select(static member => member.Value as string)
            : [];

    private IndexMember OfPart(KeyPartModel part, int field)
    {
        var property = ModelProperties.Find(_type, part.Part.Name)!;
        return new IndexMember(
            part.Part.Name,
            part.Property,
            field,
            part.Type,
            part.TupleElement,
            TypeNames.Cref(property, _home),
            EncodingParser.OfScalar(property.Type.WithoutNull(), enumAsNumber: false, _home)!,
            part.Part.Normalizes ? part.Part.Format : null);
    }

    private IndexMember OfField(IPropertySymbol property, MemberModel member, int field)
        => new(
            member.Name,
            member.Property,
            field,
            TypeNames.Of(property.Type.WithoutNull(), _home),
            Identifiers.CanNameTupleElement(member.Name) ? member.Property : null,
            member.Cref,
            member.Encoding);

    private void OfMember(IPropertySymbol property, MemberModel member)
    {
        var attributes = MemberFacets.Of(property).Indexes;
        var overridden = new HashSet<string>(StringComparer.Ordinal);
        foreach (var attribute in attributes)
        {
            // An overriding property declares an index of the overridden one anew.
            string name = attribute.NamedArgument("Name") as string ?? "By" + member.Name;
            if (!property.FindAttributes(IndexedFacet.Attribute).Contains(attribute) && !overridden.Add(name))
                continue;

            overridden.Add(name);
            OfMember(property, member, attribute, name);
        }
    }

    private void OfMember(IPropertySymbol property, MemberModel member, AttributeData attribute, string name)
    {
        bool unique = attribute.NamedArgument("Unique") is true;
        bool sorted = attribute.NamedArgument("Sorted") is true;
        if (!CheckName(name, At(attribute, "Name", property), out string segment))
            return;
        if (unique && sorted)
        {
            Refuse(name, At(attribute, "Sorted", property), "a unique index finds one entity by its value and an ordered one many by a range; write two [Indexed], of which one has a Name");
            return;
        }

        var kind = unique ? IndexKind.Unique : sorted ? IndexKind.Sorted : IndexKind.Exact;
        var location = At(attribute, null, property);
        var type = property.Type.WithoutNull();
        var indexed = OfField(property, member, IndexOf(member.Name));
        bool isCollection = member.Encoding.Kind == EncodingKind.Json && IndexableTypes.ElementOf(type) is not null;
        if (isCollection)
        {
            if (ElementOf(property, name, kind, location, indexed) is not { } element)
                return;
            indexed = element;
        }
        else if (WhyNot(property, member, kind, isAlone: true, isLast: sorted) is { } reason)
        {
            RefuseMember(member.Name, name, location, reason);
            return;
        }

        Add(name, segment, kind, [indexed], kind == IndexKind.Sorted ? IndexableTypes.SortOf(type, member.Encoding.Kind) : null, isCollection, location);
    }

    private IndexMember? ElementOf(IPropertySymbol property, string index, IndexKind kind, Location? location, IndexMember member)
    {
        var element = IndexableTypes.ElementOf(property.Type.WithoutNull())!;
        string? reason =
            Protection(property) is { } hidden ? hidden
            : kind != IndexKind.Exact ? "a collection has an entry per element, which an index can only look up: remove " + (kind == IndexKind.Unique ? "Unique" : "Sorted")
            : !IndexableTypes.IsElement(element)
                ? $"elements of '{TypeNames.ForPeople(element)}' cannot be looked up; make them strings, integers of at most 64 bits, Guid or DateOnly"
            : null;
        if (reason is not null)
        {
            RefuseMember(member.Name, index, location, reason);
            return null;
        }

        return member with { Type = TypeNames.Of(element, _home), Encoding = EncodingParser.OfScalar(element, enumAsNumber: false, _home)! };
    }

    private void OfModel(AttributeData attribute)
    {
        var location = At(attribute, null, _type);
        if (attribute.ConstructorArguments.Length != 2)
        {
            // The compiler says what is wrong with the arguments.
            _context.Fail();
            return;
        }

        string name = attribute.Argument(0) as string ?? "";
        if (!CheckName(name, attribute.ApplicationSyntaxReference is null ? location : LiteralLocation.OfArgument(attribute, 0, _context.CancellationToken), out string segment))
            return;

        bool unique = attribute.NamedArgument("Unique") is true;
        bool exact = attribute.NamedArgument("Exact") is true;
        var members = MembersOf(attribute).ToArray();
        if (unique && exact)
        {
            Refuse(name, At(attribute, "Exact", _type), "Unique compares all members for equality too, and lets one entity have the values, where Exact lets many; remove one of them");
            return;
        }

        if (members.Length == 0)
        {
            Refuse(name, location, "it has no members; name them behind the index's name with nameof(…)");
            return;
        }

        var kind = unique ? IndexKind.Unique : exact ? IndexKind.Exact : IndexKind.Sorted;
        var found = new List<IndexMember>();
        string? sort = null;
        for (int i = 0; i < members.Length; i++)
        {
            var at = attribute.ApplicationSyntaxReference is null ? location : LiteralLocation.OfElement(attribute, 1, i, _context.CancellationToken);
            bool isLast = kind == IndexKind.Sorted && i == members.Length - 1;
            if (OfModelMember(name, members[i] ?? "", kind, members.Length == 1, isLast, found, at, ref sort) is not { } member)
                return;
            found.Add(member);
        }

        Add(name, segment, kind, found, sort, isCollection: false, location);
    }

    private IndexMember? OfModelMember(string index, string name, IndexKind kind, bool isAlone, bool isLast, List<IndexMember> before, Location? location, ref string? sort)
    {
        if (before.Exists(member => member.Name == name))
        {
            Refuse(index, location, $"it has the member '{name}' twice; remove one of them");
            return null;
        }

        var property = ModelProperties.Find(_type, name);
        if (property is not null && Array.Find(_parts, part => part.Name == name) is { } part)
        {
            var type = property.Type.WithoutNull();
            if (CheckType(index, name, type, part.Encoding.Kind, isLast, location))
            {
                sort = isLast ? IndexableTypes.SortOf(type, part.Encoding.Kind) : null;
                return part;
            }

            return null;
        }

        int field = IndexOf(name);
        if (property is null || field < 0)
        {
            // A member with an error of its own is not among the members.
            if (property is not null && _context.HasErrors)
                _context.Fail();
            else if (property is not null)
                Refuse(index, location, $"'{name}' is not stored; name members that are, or parts of the key");
            else
                Refuse(index, location, $"the model stores no member '{name}': {Names.Suggestion(name, MemberNames.ToList())}");
            return null;
        }

        var stored = _members[field];
        if (stored.Encoding.Kind == EncodingKind.Json && IndexableTypes.ElementOf(property.Type.WithoutNull()) is not null)
        {
            RefuseMember(name, index, location, "a collection has an entry per element and is indexed by itself: put [Indexed] on the member");
            return null;
        }

        if (WhyNot(property, stored, kind, isAlone, isLast, checksType: false) is { } reason)
        {
            RefuseMember(name, index, location, reason);
            return null;
        }

        if (!CheckType(index, name, property.Type.WithoutNull(), stored.Encoding.Kind, isLast, location))
            return null;

        sort = isLast ? IndexableTypes.SortOf(property.Type.WithoutNull(), stored.Encoding.Kind) : null;
        return OfField(property, stored, field);
    }

    // Of a [RedisIndex], an order that cannot be is a fault of the index: Exact might have been meant.
    private bool CheckType(string index, string member, ITypeSymbol type, EncodingKind encoding, bool isLast, Location? location)
    {
        if (isLast && IndexableTypes.SortFault(type, encoding) is { } order)
        {
            Refuse(index, location, $"its last member '{member}' gives the order, but {order}; say Exact = true to compare all members for equality");
            return false;
        }

        if (!isLast && IndexableTypes.EqualityFault(type, encoding) is { } fault)
        {
            RefuseMember(member, index, location, fault);
            return false;
        }

        return true;
    }

    private static string? WhyNot(IPropertySymbol property, MemberModel member, IndexKind kind, bool isAlone, bool isLast, bool checksType = true)
    {
        if (Protection(property) is { } hidden)
            return hidden;
        if (member.Token != TokenType.None)
            return "it is the concurrency token, which every write changes, so that nobody looks for one; name another member";
        if (member.Counter != CounterType.None && kind == IndexKind.Unique)
            return "a counter is counted without a look at other entities, so that it cannot be unique; remove Unique or [Counter]";
        if (member.Counter != CounterType.None && !isAlone && !isLast)
            return "among the members that are compared for equality it would move the entity with every increment; make the counter the last member, which gives the order, or index it alone";
        if (!checksType)
            return null;

        var type = property.Type.WithoutNull();
        return isLast ? IndexableTypes.SortFault(type, member.Encoding.Kind) : IndexableTypes.EqualityFault(type, member.Encoding.Kind);
    }

    // What is written so that nobody can read it in Redis would stand there in the index.
    private static string? Protection(IPropertySymbol property)
    {
        foreach (string name in new[] { "Encrypted", "Compressed" })
        {
            if (property.FindInheritedAttribute(name + "Attribute") is not null)
                return $"it is [{name}], and the index would hold it in plain; remove one of the attributes";
        }

        return null;
    }

    private void Add(string handle, string segment, IndexKind kind, IReadOnlyList<IndexMember> members, string? sort, bool isCollection, Location? location)
    {
        var equality = members.Take(members.Count - (kind == IndexKind.Sorted ? 1 : 0)).Select(static member => member.Name).ToList();
        var tag = _key.Parts.FirstOrDefault(static part => part.Part.IsTag)?.Part;
        bool named = tag is not null && equality.Contains(tag.Name);

        // Their text in the key is the text that the index compares.
        bool shares = named && tag!.Format is null && (tag.Kind is PartKind.String or PartKind.Guid || tag.Kind.IsInteger());
        if (!shares)
        {
            _context.Report(Rules.IndexSlot, location, _type.Name, handle,
                named ? $"make the hash tag '{tag!.Name}' a string, an integer or a Guid without a format"
                : tag is not null ? $"name the hash tag, nameof({tag.Name}), before the other members of a [RedisIndex]"
                : "mark the part of the key that entities are looked up by as the hash tag, {#Part}, and name it before the other members of a [RedisIndex]");
        }

        _indexes.Add(new IndexModel(Identifiers.Escape(handle), segment, kind, members.ToEquatableArray(), sort, isCollection, shares ? members.First(member => member.Name == tag!.Name).Field : -1));
    }

    private bool CheckName(string name, Location? location, out string segment)
    {
        // "ByEmail" and "Email" are one name in keys.
        segment = Identifiers.SnakeCase(name.Length > 2 && name.StartsWith("By", StringComparison.Ordinal) && !char.IsLower(name[2]) ? name.Substring(2) : name);
        string inKeys = segment;
        string escaped = Identifiers.Escape(name);
        string? reason =
            !Identifiers.IsValid(name) ? "its name is no C# identifier; give it one such as \"ByEmail\""
            : _indexes.Exists(index => index.Handle == escaped) ? "another index of the model has that name; give one of them another Name"
            : _indexes.Find(index => index.Name == inKeys) is { } other ? $"its keys would be those of '{other.Handle}', for both are '{segment}' there; give one of them another Name"
            : IsTaken(name) ? $"'{_names.Repository}' has a member of that name; give the index another Name"
            : null;
        if (reason is null)
            return true;

        Refuse(name, location, reason);
        return false;
    }

    // Members of the repository: those of its bases, those that are emitted, and those of the user's half.
    private bool IsTaken(string name)
        => name == _names.Repository.TrimStart('@')
            || name is "PatchAsync" or "PatchManyAsync" or "PatchWhenAsync" or "RebuildIndexesAsync" or "VerifyIndexesAsync"
            || _members.Any(member => member.Counter != CounterType.None && name == $"Increment{member.Name}Async")
            || _members.Any(member => member.Bounds is not null && name == $"TryIncrement{member.Name}Async")
            || _members.Any(member => member.IsAtomic && (name == $"GetAndSet{member.Name}Async" || name == $"CompareAndSet{member.Name}Async"))
            || BaseTypes().SelectMany(type => type.GetMembers(name)).Any(IsInherited)
            || _type.ContainingNamespace.GetTypeMembers(_names.Repository.TrimStart('@'), arity: 0).SelectMany(type => type.GetMembers(name)).Any(IsUsers);

    private IEnumerable<INamedTypeSymbol> BaseTypes()
    {
        for (var current = _context.Compilation.GetTypeByMetadataName("TypedRedis.HashRepository`3"); current is not null; current = current.BaseType)
            yield return current;
    }

    private bool IsInherited(ISymbol member) => member.DeclaredAccessibility switch
    {
        Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal => true,
        Accessibility.Internal or Accessibility.ProtectedAndInternal => _seesInternals,
        _ => false,
    };

    // The analyzer sees the emitted half as well, with the index in it.
    private bool IsUsers(ISymbol member)
        => member.DeclaringSyntaxReferences.Any(reference =>
            reference.GetSyntax(_context.CancellationToken).FirstAncestorOrSelf<ClassDeclarationSyntax>() is { } half
            && !half.AttributeLists.ToString().Contains(SourceFile.ToolName));

    private int IndexOf(string name)
    {
        for (int i = 0; i < _members.Count; i++)
        {
            if (_members[i].Name == name)
                return i;
        }

        return -1;
    }

    // An attribute of a base in another assembly has no place in source.
    private Location? At(AttributeData attribute, string? argument, ISymbol owner)
        => attribute.ApplicationSyntaxReference is null ? owner.SourceLocation() ?? _type.SourceLocation()
            : argument is null ? LiteralLocation.Of(attribute, _context.CancellationToken)
            : LiteralLocation.OfNamedArgument(attribute, argument, _context.CancellationToken);

    private void Refuse(string index, Location? location, string why) => _context.Report(Rules.IndexDeclaration, location, _type.Name, index, why);

    private void RefuseMember(string member, string index, Location? location, string why) => _context.Report(Rules.IndexMember, location, _type.Name, member, index, why);
}
