using System.Collections.Immutable;
using System.Reflection;
using TypedRedis.Generators.Emit;
using TypedRedis.Generators.Kinds;
using TypedRedis.Generators.Kinds.LuaScript;
using TypedRedis.Generators.Lua;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Tests.Pipeline;

/// <summary>
/// What the pipeline keeps between runs must be comparable by value and must hold nothing of a compilation, or an edit would re-run everything and an old
/// compilation would stay in memory.
/// </summary>
public sealed class ModelPurityTests
{
    public static TheoryData<Type> Models =>
        [.. typeof(EntityModel).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(EntityModel)) && !type.IsAbstract), typeof(RegistrationTarget), typeof(LuaScriptModel), typeof(LuaFile)];

    [Theory]
    [MemberData(nameof(Models))]
    public void A_model_holds_plain_values(Type model) => Check(model, model.Name, []);

    [Fact]
    public void There_is_a_model_for_every_kind_and_one_for_errors() => Assert.Equal(EntityKind.All.Length + 4, ((IEnumerable<object[]>)Models).Count());

    private static void Check(Type type, string path, HashSet<Type> seen)
    {
        if (type.IsPrimitive || type.IsEnum || type == typeof(string) || !seen.Add(type))
            return;

        Assert.False(type.Namespace?.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal), $"{path} is of the compiler's type {type}.");
        Assert.False(type.IsArray || IsGeneric(type, typeof(ImmutableArray<>)), $"{path} is an array, which is not comparable by value: use EquatableArray.");
        Assert.True(type.IsValueType || typeof(IEquatable<>).MakeGenericType(type).IsAssignableFrom(type), $"{path} is of type {type}, which is not comparable by value.");
        if (IsGeneric(type, typeof(EquatableArray<>)) || IsGeneric(type, typeof(Nullable<>)))
        {
            Check(type.GetGenericArguments()[0], path + "[]", seen);
            return;
        }

        foreach (var current in SelfAndBases(type))
        {
            foreach (var field in current.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                Check(field.FieldType, $"{path}.{field.Name}", seen);
        }

        // What stands behind an abstract member is one of the types that derive from it.
        if (type.IsAbstract)
        {
            foreach (var derived in type.Assembly.GetTypes().Where(candidate => candidate.IsSubclassOf(type)))
                Check(derived, $"{path}({derived.Name})", seen);
        }
    }

    private static bool IsGeneric(Type type, Type definition) => type.IsGenericType && type.GetGenericTypeDefinition() == definition;

    private static IEnumerable<Type> SelfAndBases(Type type)
    {
        for (Type? current = type; current is not null && current != typeof(object) && current != typeof(ValueType); current = current.BaseType)
            yield return current;
    }
}
