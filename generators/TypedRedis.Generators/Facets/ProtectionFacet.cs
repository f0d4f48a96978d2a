using Microsoft.CodeAnalysis;
using TypedRedis.Generators.Diagnostics;
using TypedRedis.Generators.Model;
using TypedRedis.Generators.Parsing;

namespace TypedRedis.Generators.Facets;

/// <summary>A size that a declaration names.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Bytes">The size.</param>
internal readonly record struct Size(string Text, int Bytes);

/// <summary>What is done to a value between its encoding and Redis.</summary>
/// <param name="Encrypted">Whether it is encrypted.</param>
/// <param name="AllowPlaintext">Whether one that is not is read all the same.</param>
/// <param name="CompressOver">The size that it must exceed to be compressed, or null where it never is.</param>
/// <param name="Algorithm">How it is compressed: <c>Brotli</c>, <c>Zlib</c>.</param>
/// <param name="MaxSize">The size that it must not exceed, or null.</param>
internal sealed record Protection(bool Encrypted, bool AllowPlaintext, Size? CompressOver, string Algorithm, Size? MaxSize)
{
    /// <summary>The protection in the header of an emitted file: words that follow a comma each.</summary>
    public string Description
        => (Encrypted ? ", encrypted" : "")
            + (AllowPlaintext ? ", or plain" : "")
            + (CompressOver is { } over ? $", compressed over {over.Text} ({Algorithm})" : "")
            + (MaxSize is { } max ? $", at most {max.Text}" : "");
}

/// <summary><c>[Encrypted]</c>, <c>[Compressed(Threshold = "1KB")]</c> and <c>[MaxSize("64KB")]</c>, on a member or on a model that is one value.</summary>
internal static class ProtectionFacet
{
    public const string Encrypted = "EncryptedAttribute";
    public const string Compressed = "CompressedAttribute";
    public const string MaxSize = "MaxSizeAttribute";

    private const string DefaultThreshold = "1KB";

    // CompressionAlgorithm, in its order.
    private static readonly string[] Algorithms = ["Brotli", "Zlib"];

    /// <summary>Reads what is declared of a value; null where nothing is.</summary>
    /// <param name="owner">The model, or model.member.</param>
    public static Protection? Parse(AttributeData? encrypted, AttributeData? compressed, AttributeData? maxSize, string owner, ParseContext context)
    {
        if (encrypted is null && compressed is null && maxSize is null)
            return null;

        var max = maxSize is null ? null : Max(maxSize, owner, context);
        var over = compressed is null ? null : Threshold(compressed, owner, context);
        if (max is { } limit && over is { } threshold && threshold.Bytes >= limit.Bytes)
        {
            context.Report(
                Rules.FacetWithoutEffect,
                LiteralLocation.Of(compressed!, context.CancellationToken),
                owner,
                "Compressed",
                $"a value over {threshold.Text} exceeds [MaxSize({Emit.Literals.Text(limit.Text)})] and is refused; lower the threshold, raise the limit, or remove one of them");
        }

        string algorithm = Algorithms[0];
        if (compressed?.NamedArgument("Algorithm") is int chosen && chosen >= 0 && chosen < Algorithms.Length)
            algorithm = Algorithms[chosen];
        else if (compressed?.NamedArgument("Algorithm") is not null)
        {
            context.Report(
                Rules.FacetWithoutEffect,
                LiteralLocation.OfNamedArgument(compressed, "Algorithm", context.CancellationToken),
                owner,
                "Compressed(Algorithm = …)",
                "there is no such algorithm; use CompressionAlgorithm.Brotli or CompressionAlgorithm.Zlib");
        }

        return new Protection(encrypted is not null, encrypted?.NamedArgument("AllowPlaintext") is true, over, algorithm, max);
    }

    /// <summary>What is declared of a model that is one value.</summary>
    public static Protection? OfValue(INamedTypeSymbol model, ParseContext context)
    {
        var encrypted = model.FindAttribute(Encrypted);
        if (encrypted is not null)
            PrintedSecrets.CheckValue(model, encrypted, context);
        return Parse(encrypted, model.FindAttribute(Compressed), model.FindAttribute(MaxSize), model.Name, context);
    }

    /// <summary>Reports what stands on a type of which it says nothing.</summary>
    public static void RefuseOnType(INamedTypeSymbol type, string why, ParseContext context)
    {
        foreach (string name in new[] { Encrypted, Compressed, MaxSize })
        {
            if (type.FindAttribute(name) is { } attribute)
            {
                context.Report(
                    Rules.FacetWithoutEffect, LiteralLocation.Of(attribute, context.CancellationToken), type.Name, name.Substring(0, name.Length - "Attribute".Length), why);
            }
        }
    }

    private static Size? Max(AttributeData attribute, string owner, ParseContext context)
    {
        if (attribute.ConstructorArguments.Length == 0)
        {
            // The compiler says so.
            context.Fail();
            return null;
        }

        string? text = attribute.Argument(0) as string;
        return SizeParser.Parse(text, owner, (start, length) => LiteralLocation.InArgument(attribute, 0, start, length, context.CancellationToken), context) is { } bytes
            ? new Size(text!, bytes)
            : null;
    }

    private static Size? Threshold(AttributeData attribute, string owner, ParseContext context)
    {
        string? text = attribute.NamedArguments.Any(static argument => argument.Key == "Threshold") ? attribute.NamedArgument("Threshold") as string : DefaultThreshold;
        return SizeParser.Parse(text, owner, (start, length) => LiteralLocation.InNamedArgument(attribute, "Threshold", start, length, context.CancellationToken), context) is { } bytes
            ? new Size(text!, bytes)
            : null;
    }
}
