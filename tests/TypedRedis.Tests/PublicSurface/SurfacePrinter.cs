using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace TypedRedis.Tests.PublicSurface;

/// <summary>Prints what an assembly shows to others: a line per type and per member, sorted.</summary>
internal static class SurfacePrinter
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    public static string Print(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Describe(type)).Append('\n');
            foreach (string member in type.GetMembers(All).Select(Describe).OfType<string>().Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Describe(Type type)
    {
        string kind = type switch
        {
            { IsInterface: true } => "interface",
            { IsEnum: true } => "enum",
            { IsValueType: true } => type.IsByRefLike ? "ref struct" : "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        IEnumerable<string> bases = (type is { IsClass: true, BaseType: { } parent } && parent != typeof(object) ? [Name(parent)] : Array.Empty<string>())
            .Concat(type.GetInterfaces().Where(contract => contract.IsPublic && !type.IsEnum).Select(Name).Order(StringComparer.Ordinal));
        string suffix = string.Join(", ", bases);
        return $"{kind} {type.Namespace}.{Name(type)}{(suffix.Length > 0 ? " : " + suffix : "")}{Constraints(type.IsGenericType ? type.GetGenericArguments() : [])}";
    }

    private static string? Describe(MemberInfo member) => member switch
    {
        _ when member.IsDefined(typeof(CompilerGeneratedAttribute)) && member is not MethodInfo { IsSpecialName: true } => null,
        FieldInfo field when IsVisible(field.IsPublic, field.IsFamily, field.IsFamilyOrAssembly)
            => $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}{(field.IsLiteral ? " = " + field.GetRawConstantValue() : "")}",
        ConstructorInfo { IsStatic: false } constructor when IsVisible(constructor.IsPublic, constructor.IsFamily, constructor.IsFamilyOrAssembly)
            => $"{Access(constructor)}new({Parameters(constructor)})",
        MethodInfo method when IsVisible(method.IsPublic, method.IsFamily, method.IsFamilyOrAssembly) && !IsAccessor(method)
            => $"{Access(method)}{Modifiers(method)}{Nullable(Nullability.Create(method.ReturnParameter), method.ReturnType)} {method.Name}{Generic(method)}({Parameters(method)}){Constraints(method.IsGenericMethod ? method.GetGenericArguments() : [])}",
        PropertyInfo property when Accessors(property) is { Length: > 0 } accessors
            => $"{Access(property.GetAccessors(nonPublic: true)[0])}{Modifiers(property.GetAccessors(nonPublic: true)[0])}{Nullable(Nullability.Create(property), property.PropertyType)} {property.Name} {{ {accessors} }}",
        _ => null,
    };

    private static bool IsVisible(bool isPublic, bool isFamily, bool isFamilyOrAssembly) => isPublic || isFamily || isFamilyOrAssembly;

    private static bool IsAccessor(MethodInfo method)
        => method.IsSpecialName && (method.Name.StartsWith("get_", StringComparison.Ordinal) || method.Name.StartsWith("set_", StringComparison.Ordinal));

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Modifiers(MethodInfo method)
        => (method.IsStatic ? "static " : "") + (method.IsAbstract ? "abstract " : method is { IsVirtual: true, IsFinal: false } ? method.GetBaseDefinition() == method ? "virtual " : "override " : "");

    private static string Accessors(PropertyInfo property)
    {
        IEnumerable<string> accessors = property.GetAccessors(nonPublic: true)
            .Where(accessor => IsVisible(accessor.IsPublic, accessor.IsFamily, accessor.IsFamilyOrAssembly))
            .Select(accessor => accessor.ReturnType != typeof(void)
                ? "get;"
                : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init;" : "set;");
        return string.Join(' ', accessors);
    }

    private static string Generic(MethodInfo method)
        => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Describe));

    private static string Describe(ParameterInfo parameter)
    {
        string modifier = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref " : parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        string value = parameter.HasDefaultValue ? " = " + (parameter.DefaultValue switch { null => "default", string text => $"\"{text}\"", bool flag => flag ? "true" : "false", object other => other.ToString() }) : "";
        return $"{modifier}{Nullable(Nullability.Create(parameter), parameter.ParameterType)} {parameter.Name}{value}";
    }

    private static string Nullable(NullabilityInfo info, Type type)
        => Name(type) + (!type.IsValueType && !type.IsByRef && (info.ReadState == NullabilityState.Nullable || info.WriteState == NullabilityState.Nullable) ? "?" : "");

    private static string Constraints(Type[] arguments)
    {
        var text = new StringBuilder();
        foreach (Type argument in arguments.Where(argument => argument.IsGenericParameter))
        {
            GenericParameterAttributes attributes = argument.GenericParameterAttributes;
            bool isStruct = attributes.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
            IEnumerable<string> constraints = (attributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? ["class"] : isStruct ? ["struct"] : Array.Empty<string>())
                .Concat(argument.GetGenericParameterConstraints().Where(type => type != typeof(ValueType)).Select(Name));
            string all = string.Join(", ", constraints);
            text.Append(all.Length > 0 ? $" where {argument.Name} : {all}" : "");
        }

        return text.ToString();
    }

    private static string Name(Type type)
    {
        if (type.IsByRef || type.IsArray)
        {
            return Name(type.GetElementType()!) + (type.IsArray ? "[]" : "");
        }

        if (System.Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        string name = type.IsNested && !type.IsGenericParameter ? Name(type.DeclaringType!) + "." + type.Name : type.Name;
        return type.IsGenericType && name.Contains('`')
            ? $"{name[..name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : name;
    }
}
