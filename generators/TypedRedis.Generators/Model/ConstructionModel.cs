namespace TypedRedis.Generators.Model;

/// <summary>How an instance is made of a key and the values of fields.</summary>
/// <param name="Arguments">What the constructor takes.</param>
/// <param name="Initializers">What the object initializer sets.</param>
/// <param name="Deferred">What is set afterwards, where its field is present: members whose initializer is to stand otherwise.</param>
internal sealed record ConstructionModel(EquatableArray<Assignment> Arguments, EquatableArray<Assignment> Initializers, EquatableArray<Assignment> Deferred)
{
    /// <summary>The value of a field as source, as an instance gets it. Of a member whose initializer stands where the field is absent, only one that is there.</summary>
    public string Read(int field) => Arguments.Concat(Initializers).Concat(Deferred).First(assignment => assignment.KeyPart is null && assignment.Field == field).Value;
}

/// <summary>One value's way into the instance.</summary>
/// <param name="Target">The property, escaped; for an argument that must be named, its parameter; for any other argument, an empty string.</param>
/// <param name="KeyPart">The part of the key that the value comes from, escaped; or null: then it comes from a field.</param>
/// <param name="Field">The index of its field.</param>
/// <param name="Encoding">How the field is read.</param>
/// <param name="Absent">What an absent field gives, as source; null where it is an error, or where the assignment is deferred.</param>
/// <param name="Setter">The accessor of a deferred member that only an initializer could set.</param>
internal sealed record Assignment(string Target, string? KeyPart, int Field, MemberEncoding? Encoding, string? Absent, SetterModel? Setter = null)
{
    /// <summary>The value as source.</summary>
    public string Value => KeyPart is not null ? "key." + KeyPart
        : Absent is null ? Encoding!.Read(Field)
        : $"values[{Field}].IsNull ? {Absent} : {Encoding!.Read(Field)}";
}

/// <summary>An <c>[UnsafeAccessor]</c> of an init-only setter.</summary>
/// <param name="Method">The emitted method: <c>SetPlan</c>.</param>
/// <param name="MetadataName">The setter: <c>set_Plan</c>.</param>
/// <param name="DeclaringType">The type that declares it, which may be a base of the model.</param>
/// <param name="ValueType">The property's type.</param>
/// <param name="Generic">Where the declaring type is generic: the runtime asks for a holder with the same type parameters.</param>
internal sealed record SetterModel(string Method, string MetadataName, string DeclaringType, string ValueType, GenericHolder? Generic);

/// <summary>The generic class around the accessors of a generic base.</summary>
/// <param name="Name">Its name: <c>EntityBaseSetters</c>.</param>
/// <param name="Parameters">Its type parameters: <c>&lt;T&gt;</c>.</param>
/// <param name="Arguments">The type arguments that the model's base has: <c>&lt;long&gt;</c>.</param>
/// <param name="Constraints">Its constraints, which must be those of the base.</param>
internal sealed record GenericHolder(string Name, string Parameters, string Arguments, string Constraints);
