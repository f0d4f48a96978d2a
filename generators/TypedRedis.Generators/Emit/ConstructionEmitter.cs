using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Emit;

/// <summary>Emits how an instance is made of a key and the values of fields. Shared by mappers and projections.</summary>
internal static class ConstructionEmitter
{
    /// <summary>The method, its signature given, and the accessors that it needs.</summary>
    /// <param name="type">The type of the instance as emitted code writes it.</param>
    /// <param name="signature">The method up to its body.</param>
    public static void Emit(SourceWriter writer, string type, string signature, ConstructionModel construction)
    {
        if (construction.Deferred.IsEmpty)
        {
            New(writer, $"{signature} => new", construction, ";");
            return;
        }

        using (writer.Block(signature, after: ""))
        {
            New(writer, $"var entity = new {type}", construction, ";");
            foreach (var assignment in construction.Deferred)
            {
                writer.Line($"if (!values[{assignment.Field}].IsNull)");
                using (writer.Indent())
                    writer.Line(Set(assignment));
            }

            writer.Line("return entity;");
        }

        foreach (var setters in construction.Deferred.Select(static assignment => assignment.Setter).OfType<SetterModel>().GroupBy(static setter => setter.Generic))
            Accessors(writer, setters.Key, setters);
    }

    private static void New(SourceWriter writer, string head, ConstructionModel construction, string after)
    {
        var arguments = construction.Arguments.Select(static argument => argument.Target.Length == 0 ? argument.Value : $"{argument.Target}: {argument.Value}").ToArray();
        string call = arguments.Length <= 2
            ? $"({string.Join(", ", arguments)})"
            : $"(\n    {string.Join(",\n    ", arguments)})";
        if (construction.Initializers.IsEmpty)
        {
            writer.Line(head + call + after);
            return;
        }

        using (writer.Block(arguments.Length == 0 && !head.EndsWith(" => new", StringComparison.Ordinal) ? head : head + call, after))
        {
            foreach (var assignment in construction.Initializers)
                writer.Line($"{assignment.Target} = {assignment.Value},");
        }
    }

    private static string Set(Assignment assignment) => assignment.Setter switch
    {
        null => $"entity.{assignment.Target} = {assignment.Value};",
        { Generic: { } holder } setter => $"{holder.Name}{holder.Arguments}.{setter.Method}(entity, {assignment.Value});",
        { } setter => $"{setter.Method}(entity, {assignment.Value});",
    };

    private static void Accessors(SourceWriter writer, GenericHolder? holder, IEnumerable<SetterModel> setters)
    {
        if (holder is null)
        {
            foreach (var setter in setters)
            {
                writer.Line();
                Accessor(writer, "private", setter);
            }

            return;
        }

        writer.Line();
        using (writer.Block($"private static class {holder.Name}{holder.Parameters}{holder.Constraints}", after: ""))
        {
            foreach (var (setter, isFirst) in setters.Select(static (setter, index) => (setter, index == 0)))
            {
                if (!isFirst)
                    writer.Line();
                Accessor(writer, "public", setter);
            }
        }
    }

    private static void Accessor(SourceWriter writer, string accessibility, SetterModel setter) => writer.Line($"""
        [SYS::Runtime.CompilerServices.UnsafeAccessor(SYS::Runtime.CompilerServices.UnsafeAccessorKind.Method, Name = {Literals.Text(setter.MetadataName)})]
        {accessibility} static extern void {setter.Method}({setter.DeclaringType} entity, {setter.ValueType} value);
        """);
}
