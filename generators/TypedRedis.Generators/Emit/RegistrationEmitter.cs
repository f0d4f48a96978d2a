using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using TypedRedis.Generators.Model;

namespace TypedRedis.Generators.Emit;

/// <summary>Where the stores of an assembly are registered: its root namespace, and its name in the public method's.</summary>
internal sealed record RegistrationTarget(string RootNamespace, string AssemblyIdentifier)
{
    /// <summary>The target, or null where the project does not know dependency injection.</summary>
    public static RegistrationTarget? Of(Compilation compilation, AnalyzerConfigOptions options)
    {
        if (compilation.GetTypeByMetadataName("Microsoft.Extensions.DependencyInjection.IServiceCollection") is null)
            return null;

        string assembly = compilation.AssemblyName ?? "";
        string root = options.TryGetValue("build_property.RootNamespace", out string? declared) && declared.Length > 0 ? declared : assembly;
        return new RegistrationTarget(
            string.Join(".", root.Split('.').Select(Identifier).Where(static part => part.Length > 0).Select(Identifiers.Escape)),
            string.Concat(assembly.Split('.', '-', ' ').Select(Identifier).Select(static part => part.Length == 0 ? "" : char.ToUpperInvariant(part[0]) + part.Substring(1))));
    }

    // What of a name can stand in an identifier.
    private static string Identifier(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (char c in name)
        {
            if (Microsoft.CodeAnalysis.CSharp.SyntaxFacts.IsIdentifierPartCharacter(c))
                text.Append(c);
        }

        return text.Length > 0 && char.IsDigit(text[0]) ? "_" + text : text.ToString();
    }
}

/// <summary>Emits the registration of an assembly's stores for dependency injection.</summary>
internal static class RegistrationEmitter
{
    public static string Emit(RegistrationTarget target, IEnumerable<string> stores)
    {
        var body = new SourceWriter();
        string publicMethod = $"Add{target.AssemblyIdentifier}RedisStores";
        using (body.Block("namespace Microsoft.Extensions.DependencyInjection", after: ""))
        {
            body.Line($"""
                /// <summary>Registers the stores of this assembly.</summary>
                {SourceFile.GeneratedCode}
                [global::Microsoft.CodeAnalysis.Embedded]
                internal static class TypedRedisServiceCollectionExtensions
                """);
            using (body.Block())
            {
                body.Line("""
                    /// <summary>Registers the stores of this assembly as scoped services. Each takes the scope's <see cref="TR::RedisContext"/>, which is registered apart.</summary>
                    internal static IServiceCollection AddTypedRedisStores(this IServiceCollection services)
                    """);
                using (body.Block())
                {
                    foreach (string store in stores)
                        body.Line($"services.AddScoped(static provider => new {store}(provider.GetRequiredService<TR::RedisContext>()));");
                    body.Line("return services;");
                }
            }
        }

        body.Line("""

            // Keeps the class above out of sight of assemblies that see this one's internals, and have a class of that name of their own.
            namespace Microsoft.CodeAnalysis
            {
                internal sealed partial class EmbeddedAttribute : SYS::Attribute
                {
                }
            }

            """);
        string type = $"{target.AssemblyIdentifier}RedisStores";
        if (target.RootNamespace.Length == 0)
        {
            Public(body, type, publicMethod);
        }
        else
        {
            using (body.Block($"namespace {target.RootNamespace}", after: ""))
                Public(body, type, publicMethod);
        }

        return SourceFile.Compose(["The stores of this assembly, for dependency injection."], ["CS0612", "CS0618"], [], "", body.ToString());
    }

    private static void Public(SourceWriter body, string type, string method)
    {
        body.Line($"""
            /// <summary>Registers the stores of this assembly, from other assemblies.</summary>
            {SourceFile.GeneratedCode}
            public static class {type}
            """);
        using (body.Block())
        {
            body.Line($"""
                /// <summary>Registers the stores of this assembly as scoped services. Each takes the scope's <see cref="TR::RedisContext"/>, which is registered apart.</summary>
                public static DI::IServiceCollection {method}(this DI::IServiceCollection services)
                    => DI::TypedRedisServiceCollectionExtensions.AddTypedRedisStores(services);
                """);
        }
    }
}
