using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Emit;

namespace TypedRedis.Generators.Model;

/// <summary>Describes the accessor of an init-only setter.</summary>
internal static class SetterParser
{
    /// <param name="taken">Whether the type that holds the accessors has a member of a name already.</param>
    public static SetterModel Parse(IPropertySymbol property, IMethodSymbol setter, INamespaceSymbol? home, Func<string, bool> taken)
    {
        string method = "Set" + property.Name;
        while (taken(method))
            method += "Member";

        var declaring = setter.ContainingType;
        var parameters = new List<ITypeParameterSymbol>();
        var arguments = new List<ITypeSymbol>();
        for (var current = declaring; current is not null; current = current.ContainingType)
        {
            parameters.InsertRange(0, current.TypeParameters);
            arguments.InsertRange(0, current.TypeArguments);
        }

        if (parameters.Count == 0)
            return new SetterModel(method, setter.Name, TypeNames.Of(declaring, home), TypeNames.Of(setter.Parameters[0].Type, home), null);

        string holder = declaring.Name + "Setters";
        while (taken(holder))
            holder += "Members";
        return new SetterModel(
            method,
            setter.Name,
            TypeNames.Of(declaring.OriginalDefinition, home),
            TypeNames.Of(setter.OriginalDefinition.Parameters[0].Type, home),
            new GenericHolder(
                holder,
                $"<{string.Join(", ", parameters.Select(static parameter => Identifiers.Escape(parameter.Name)))}>",
                $"<{string.Join(", ", arguments.Select(argument => TypeNames.Of(argument, home)))}>",
                string.Concat(parameters.Select(parameter => Constraints(parameter, home)))));
    }

    private static string Constraints(ITypeParameterSymbol parameter, INamespaceSymbol? home)
    {
        var constraints = new List<string>();
        if (parameter.HasReferenceTypeConstraint)
            constraints.Add(parameter.ReferenceTypeConstraintNullableAnnotation == NullableAnnotation.Annotated ? "class?" : "class");
        if (parameter.HasUnmanagedTypeConstraint)
            constraints.Add("unmanaged");
        else if (parameter.HasValueTypeConstraint)
            constraints.Add("struct");
        if (parameter.HasNotNullConstraint)
            constraints.Add("notnull");
        constraints.AddRange(parameter.ConstraintTypes.Select(type => TypeNames.Of(type, home)));
        if (parameter.HasConstructorConstraint)
            constraints.Add("new()");
        return constraints.Count == 0 ? "" : $" where {Identifiers.Escape(parameter.Name)} : {string.Join(", ", constraints)}";
    }
}
