using Microsoft.CodeAnalysis;

namespace TypedRedis.Analyzers.Driver;

/// <summary>Projects of tests and benchmarks, known by the frameworks that they reference.</summary>
internal static class TestProject
{
    public static bool Is(Compilation compilation) => compilation.ReferencedAssemblyNames.Any(static reference
        => reference.Name is "xunit.core" or "xunit.v3.core" or "nunit.framework" or "Microsoft.VisualStudio.TestPlatform.TestFramework" or "MSTest.TestFramework" or "BenchmarkDotNet" or "TUnit.Core");
}
