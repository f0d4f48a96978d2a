using System.Security.Cryptography;
using StackExchange.Redis;

namespace TypedRedis;

public readonly partial struct CodecContext
{
    // The longest text of an integer.
    private const int LongestInteger = 20;

    /// <summary>Turns the values of protected fields into what stands in Redis.</summary>
    internal void Protect(Span<RedisValue> values)
    {
        foreach (ProtectedField field in _schema.Protected)
        {
            if (!values[field.Field].IsNull)
            {
                values[field.Field] = Protect(field, values[field.Field]);
            }
        }
    }

    /// <summary>Turns what stands in Redis into the values of protected fields.</summary>
    internal void Unprotect(Span<RedisValue> values)
    {
        foreach (ProtectedField field in _schema.Protected)
        {
            if (!values[field.Field].IsNull)
            {
                values[field.Field] = Unprotect(field, values[field.Field]);
            }
        }
    }

    /// <summary>The value as it stands in Redis: checked, compressed, encrypted.</summary>
    /// <exception cref="RedisEncodeException">The value is too large.</exception>
    internal RedisValue Protect(ProtectedField field, RedisValue value)
    {
        if (value.IsInteger && !field.Encrypted && field.MaxSize is not < LongestInteger)
        {
            return value;
        }

        byte[] bytes = value!;
        if (bytes.Length > field.MaxSize)
        {
            throw Unencodable(field.Field, $"its value has {bytes.Length} bytes, more than the {field.MaxSize} of [MaxSize]. Store less, or raise the limit");
        }

        if (!field.IsEnveloped)
        {
            return value;
        }

        byte[] form = FormOf(field, bytes);
        if (!field.Encrypted)
        {
            return ReferenceEquals(form, bytes) ? value : form;
        }

        byte[] encrypted = KeyRing.Current.Encrypt(form, PlaceOf(field.Field));
        if (!ReferenceEquals(form, bytes))
        {
            CryptographicOperations.ZeroMemory(form);
        }

        return encrypted;
    }

    /// <summary>The value of what stands in Redis.</summary>
    /// <exception cref="RedisDecryptException">It cannot be decrypted, or is not encrypted.</exception>
    /// <exception cref="RedisDecodeException">It is damaged.</exception>
    internal RedisValue Unprotect(ProtectedField field, RedisValue value)
    {
        if (!field.IsEnveloped || (value.IsInteger && !field.Encrypted))
        {
            return value;
        }

        byte[] stored = value!;
        byte[] form = stored;
        byte? kind = Envelope.KindOf(stored);
        if (kind == Envelope.AesGcm && field.Encrypted)
        {
            form = Decrypt(field.Field, stored);
            kind = Envelope.KindOf(form);
        }
        else if (field.Encrypted && !field.AllowPlaintext)
        {
            throw NotEncrypted(field.Field);
        }

        switch (kind)
        {
            case null:
                return ReferenceEquals(form, stored) ? value : form;
            case Envelope.Plain:
                return form[Envelope.HeaderSize..];
            case Envelope.Zlib or Envelope.Brotli:
                return Compressor.Decompress(form, field.MaxSize ?? ProtectedField.Largest, out string fault) ?? throw Unreadable(field.Field, stored, $"is {fault}");
            case Envelope.AesGcm:
                throw Unreadable(field.Field, stored, "holds an encrypted value, but the member is not [Encrypted]");
            default:
                throw UnknownForm(field.Field, stored, kind.Value);
        }
    }

    /// <summary>
    /// What stands in Redis, encrypted with the current key; null where it is that already. The value may be larger than one that is written now.
    /// </summary>
    /// <exception cref="RedisDecryptException">It cannot be decrypted, or is not encrypted.</exception>
    internal RedisValue Reencrypt(ProtectedField field, RedisValue value)
    {
        byte[] stored = value!;
        EncryptionKey current = KeyRing.Current;
        switch (Envelope.KindOf(stored))
        {
            case Envelope.AesGcm when current.HasId(EncryptionKey.IdOf(stored)):
                return RedisValue.Null;
            case Envelope.AesGcm:
                byte[] form = Decrypt(field.Field, stored);
                byte[] anew = current.Encrypt(form, PlaceOf(field.Field));
                CryptographicOperations.ZeroMemory(form);
                return anew;
            case var _ when !field.AllowPlaintext:
                throw NotEncrypted(field.Field);
            case null:
                return current.Encrypt(FormOf(field, stored), PlaceOf(field.Field));
            case Envelope.Plain or Envelope.Zlib or Envelope.Brotli:
                return current.Encrypt(stored, PlaceOf(field.Field));
            case { } kind:
                throw UnknownForm(field.Field, stored, kind);
        }
    }

    private EncryptionKeyRing KeyRing => _redis.Options.KeyRing!;

    // As it is encrypted, or stands in Redis where it is not.
    private static byte[] FormOf(ProtectedField field, byte[] value)
        => (value.Length > field.CompressOver ? Compressor.TryCompress(value, field.Compression) : null)
            ?? (Envelope.MustEscape(value) ? Envelope.Escape(value) : value);

    private byte[] Decrypt(int field, byte[] stored)
    {
        ReadOnlySpan<byte> id = EncryptionKey.IdOf(stored);
        EncryptionKey key = KeyRing.Find(id) ?? throw UnknownKey(field, id);
        return key.TryDecrypt(stored, PlaceOf(field)) ?? throw Forged(field, key.Id);
    }

    private ValuePlace PlaceOf(int field) => new(_redis.Prefix, (byte[]?)_key, _schema.FieldBytes(field).Span);

    private RedisDecodeException Unreadable(int field, byte[] stored, string what)
    {
        string name = _schema.FieldName(field);
        return new RedisDecodeException(
            $"{Model}: the field '{name}' of '{Key}' {what}. Write it anew, or declare the member as it was when it was written.",
            Model, Key, name, _schema.IsSecret(field) ? null : Printable.Of(stored));
    }

    private RedisDecodeException UnknownForm(int field, byte[] stored, byte kind)
        => Unreadable(field, stored, $"holds a value of a form that is unknown here (its fourth byte is {kind}); a newer version of TypedRedis wrote it");

    private RedisDecryptException UnknownKey(int field, ReadOnlySpan<byte> id)
    {
        string name = Printable.Of(id);
        return Undecryptable(field, $"is encrypted with the key '{name}', which RedisContextOptions.KeyRing does not have (it has {KeyRing}). Add the key to the ring", name);
    }

    private RedisDecryptException Forged(int field, string id)
        => Undecryptable(field, $"cannot be decrypted with the key '{id}': the value was changed, or was written for another key, field or prefix, or the ring's key '{id}' is not the one that encrypted it. Write it anew, and find out who did it", id);

    private RedisDecryptException NotEncrypted(int field)
        => Undecryptable(field, "holds a value that is not encrypted. If it was written before [Encrypted], say [Encrypted(AllowPlaintext = true)] until ReencryptAsync has run; if not, somebody else wrote it", keyId: null);

    private RedisDecryptException Undecryptable(int field, string what, string? keyId)
    {
        string name = _schema.FieldName(field);
        return new RedisDecryptException($"{Model}: the field '{name}' of '{Key}' {what}.", Model, Key, name, keyId);
    }
}
