using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace TypedRedis;

/// <summary>A key of a ring. It keeps its ciphers, of which each serves one call at a time: <see cref="AesGcm"/> is not safe for several.</summary>
internal sealed class EncryptionKey
{
    public const int Size = 32;
    public const int MaxIdLength = 32;
    public const int NonceSize = 12;
    public const int TagSize = 16;

    private static readonly int Kept = 2 * Environment.ProcessorCount;

    private readonly byte[] _key;
    private readonly byte[] _idBytes;
    private readonly ConcurrentQueue<AesGcm> _ciphers = new();
    private AesGcm? _cipher;
    private int _count;

    public EncryptionKey(string id, ReadOnlySpan<byte> key)
    {
        Id = CheckId(id);
        if (key.Length != Size)
        {
            throw new ArgumentException($"The encryption key '{id}' has {key.Length} bytes, but AES-256 takes {Size}. Make one with EncryptionKeyRing.NewKey() or 'openssl rand -base64 32'.", nameof(key));
        }

        _idBytes = Encoding.ASCII.GetBytes(id);
        _key = key.ToArray();
    }

    public string Id { get; }

    /// <summary>How much longer a value becomes.</summary>
    private int HeaderSize => Envelope.HeaderSize + 1 + _idBytes.Length;

    public bool HasId(ReadOnlySpan<byte> id) => id.SequenceEqual(_idBytes);

    /// <summary>A value as an envelope that can be opened only with this key and in this place.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> value, in ValuePlace place)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        RandomNumberGenerator.Fill(nonce);
        return Encrypt(value, place, nonce);
    }

    /// <summary>The same with a nonce that is given, and must never be given twice.</summary>
    public byte[] Encrypt(ReadOnlySpan<byte> value, in ValuePlace place, ReadOnlySpan<byte> nonce)
    {
        int header = HeaderSize;
        byte[] envelope = GC.AllocateUninitializedArray<byte>(checked(header + NonceSize + value.Length + TagSize));
        Envelope.WriteHeader(envelope, Envelope.AesGcm);
        envelope[Envelope.HeaderSize] = (byte)_idBytes.Length;
        _idBytes.CopyTo(envelope, Envelope.HeaderSize + 1);
        nonce.CopyTo(envelope.AsSpan(header));
        Span<byte> ciphertext = envelope.AsSpan(header + NonceSize, value.Length);
        Span<byte> tag = envelope.AsSpan(envelope.Length - TagSize);
        using var data = new AssociatedData(envelope.AsSpan(0, header), place, stackalloc byte[AssociatedData.OnStack]);
        AesGcm cipher = Rent();
        try
        {
            cipher.Encrypt(nonce, value, ciphertext, tag, data.Bytes);
        }
        finally
        {
            Return(cipher);
        }

        return envelope;
    }

    /// <summary>The value of an envelope of this key, or null where it was changed or comes from another place.</summary>
    public byte[]? TryDecrypt(ReadOnlySpan<byte> envelope, in ValuePlace place)
    {
        int header = HeaderSize;
        int length = envelope.Length - header - NonceSize - TagSize;
        if (length < 0)
        {
            return null;
        }

        byte[] value = GC.AllocateUninitializedArray<byte>(length);
        using var data = new AssociatedData(envelope[..header], place, stackalloc byte[AssociatedData.OnStack]);
        AesGcm cipher = Rent();
        try
        {
            cipher.Decrypt(envelope.Slice(header, NonceSize), envelope.Slice(header + NonceSize, length), envelope[^TagSize..], value, data.Bytes);
            return value;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        finally
        {
            Return(cipher);
        }
    }

    /// <summary>The id of the key of an envelope; empty where there is none.</summary>
    public static ReadOnlySpan<byte> IdOf(ReadOnlySpan<byte> envelope)
    {
        ReadOnlySpan<byte> rest = envelope[Envelope.HeaderSize..];
        return rest.IsEmpty || rest[0] >= rest.Length ? default : rest.Slice(1, rest[0]);
    }

    public static string CheckId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        bool valid = id.Length is > 0 and <= MaxIdLength;
        foreach (char c in id)
        {
            valid &= char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';
        }

        // A key that was passed for an id is not shown.
        return valid ? id : throw new ArgumentException($"The id of an encryption key is 1 to {MaxIdLength} letters, digits, '-', '_' and '.' of ASCII, such as \"2026-01\". It stands in every value, and is no secret.", nameof(id));
    }

    private AesGcm Rent()
    {
        if (Interlocked.Exchange(ref _cipher, null) is { } cipher)
        {
            return cipher;
        }

        if (_ciphers.TryDequeue(out cipher))
        {
            Interlocked.Decrement(ref _count);
            return cipher;
        }

        return new AesGcm(_key, TagSize);
    }

    private void Return(AesGcm cipher)
    {
        if (Interlocked.CompareExchange(ref _cipher, cipher, null) is null)
        {
            return;
        }

        if (Interlocked.Increment(ref _count) <= Kept)
        {
            _ciphers.Enqueue(cipher);
            return;
        }

        Interlocked.Decrement(ref _count);
        cipher.Dispose();
    }

    /// <summary>What a ciphertext is bound to: its header, then key and field, each behind its length.</summary>
    private readonly ref struct AssociatedData
    {
        public const int OnStack = 256;

        private readonly byte[]? _rented;

        public AssociatedData(ReadOnlySpan<byte> header, in ValuePlace place, Span<byte> stack)
        {
            int prefix = Encoding.UTF8.GetByteCount(place.Prefix);
            int length = header.Length + sizeof(int) + prefix + place.Key.Length + sizeof(int) + place.Field.Length;
            _rented = length <= stack.Length ? null : ArrayPool<byte>.Shared.Rent(length);
            Span<byte> bytes = (_rented ?? stack)[..length];
            Bytes = bytes;

            header.CopyTo(bytes);
            bytes = bytes[header.Length..];
            BinaryPrimitives.WriteInt32BigEndian(bytes, prefix + place.Key.Length);
            Encoding.UTF8.GetBytes(place.Prefix, bytes[sizeof(int)..]);
            place.Key.CopyTo(bytes[(sizeof(int) + prefix)..]);
            bytes = bytes[(sizeof(int) + prefix + place.Key.Length)..];
            BinaryPrimitives.WriteInt32BigEndian(bytes, place.Field.Length);
            place.Field.CopyTo(bytes[sizeof(int)..]);
        }

        public ReadOnlySpan<byte> Bytes { get; }

        public void Dispose()
        {
            if (_rented is not null)
            {
                ArrayPool<byte>.Shared.Return(_rented);
            }
        }
    }
}

/// <summary>Where an encrypted value stands.</summary>
/// <param name="prefix">The context's prefix.</param>
/// <param name="key">The key behind it.</param>
/// <param name="field">The field; empty where the value is a whole string.</param>
internal readonly ref struct ValuePlace(string prefix, ReadOnlySpan<byte> key, ReadOnlySpan<byte> field)
{
    public string Prefix { get; } = prefix;

    public ReadOnlySpan<byte> Key { get; } = key;

    public ReadOnlySpan<byte> Field { get; } = field;
}
