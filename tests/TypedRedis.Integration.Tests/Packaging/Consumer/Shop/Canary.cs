namespace Shop;

/// <summary>Has the one trim warning that there shall be: while the linker reports it, it would report others.</summary>
internal static class Canary
{
#pragma warning disable IL2057 // To the compiler's analyzer; the linker does not know pragmas.
    public static Type? Find(string name) => Type.GetType(name);
#pragma warning restore IL2057
}
