using System.Security.Cryptography;

namespace TypedRedis;

/// <summary>
/// The keys of members with <see cref="EncryptedAttribute"/>: the current one, which encrypts, and older ones, which still decrypt. Every encrypted value names its
/// key by id. Thread-safe; a change is seen by every call that begins after it, in all contexts with the ring. Shows ids, never keys.
/// </summary>
/// <remarks>
/// To rotate while several processes run: <see cref="Add"/> the new key in all of them, then <see cref="Use"/> it in all of them, then call <c>ReencryptAsync</c> of
/// the repositories, then <see cref="Retire"/> the old one. With random nonces a key must not encrypt more than 2^32 values: rotate before.
/// </remarks>
public sealed class EncryptionKeyRing
{
    private readonly Lock _changing = new();
    private volatile EncryptionKey[] _keys;     // The current one first; replaced, never changed.

    /// <summary>Makes a ring of one key.</summary>
    /// <param name="id">The key's id: 1 to 32 letters, digits, <c>-</c>, <c>_</c> and <c>.</c> of ASCII. It stands in every value and is no secret.</param>
    /// <param name="key">The key: 32 bytes from a random generator, not a password. They are copied.</param>
    /// <exception cref="ArgumentException">The id is invalid, or the key is not 32 bytes long.</exception>
    public EncryptionKeyRing(string id, ReadOnlySpan<byte> key) => _keys = [new EncryptionKey(id, key)];

    /// <summary>The id of the key that encrypts.</summary>
    public string CurrentId => _keys[0].Id;

    /// <summary>The ids of all keys, the current one first.</summary>
    public IReadOnlyList<string> Ids => Array.ConvertAll(_keys, static key => key.Id);

    internal EncryptionKey Current => _keys[0];

    /// <summary>Makes a ring of one key that is given as Base64, as <c>openssl rand -base64 32</c> prints it.</summary>
    /// <inheritdoc cref="EncryptionKeyRing(string, ReadOnlySpan{byte})"/>
    public static EncryptionKeyRing FromBase64(string id, string key) => new(id, Decode(id, key));

    /// <summary>A new random key of 32 bytes.</summary>
    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(EncryptionKey.Size);

    /// <summary>Adds a key that decrypts; the current one stays.</summary>
    /// <param name="id">The key's id.</param>
    /// <param name="key">The key: 32 bytes.</param>
    /// <returns>The ring.</returns>
    /// <exception cref="ArgumentException">The id is invalid or taken, or the key is not 32 bytes long.</exception>
    public EncryptionKeyRing Add(string id, ReadOnlySpan<byte> key) => Put(new EncryptionKey(id, key), asCurrent: false);

    /// <summary>Adds a key that is given as Base64.</summary>
    /// <inheritdoc cref="Add"/>
    public EncryptionKeyRing AddBase64(string id, string key) => Add(id, Decode(id, key));

    /// <summary>Has a key of the ring encrypt from now on. The key that did so still decrypts.</summary>
    /// <exception cref="ArgumentException">The ring has no such key.</exception>
    public void Use(string id)
    {
        lock (_changing)
        {
            EncryptionKey current = Array.Find(_keys, key => key.Id == id)
                ?? throw new ArgumentException($"The key ring has no key '{EncryptionKey.CheckId(id)}' (it has {this}). Add it first.", nameof(id));
            _keys = [current, .. _keys.Where(key => key != current)];
        }
    }

    /// <summary>Adds a key and has it encrypt from now on, in one step. Where other processes read the values, they need the key before: <see cref="Add"/> it there first.</summary>
    /// <inheritdoc cref="Add"/>
    public EncryptionKeyRing Rotate(string id, ReadOnlySpan<byte> key) => Put(new EncryptionKey(id, key), asCurrent: true);

    /// <summary>Removes a key. Values that it encrypted can no longer be read: encrypt them anew before, with <c>ReencryptAsync</c> of the repositories.</summary>
    /// <returns>Whether the ring had it.</returns>
    /// <exception cref="InvalidOperationException">It is the current key.</exception>
    public bool Retire(string id)
    {
        lock (_changing)
        {
            if (id == CurrentId)
            {
                throw new InvalidOperationException($"'{id}' is the key that encrypts. Use another one first.");
            }

            EncryptionKey[] rest = Array.FindAll(_keys, key => key.Id != id);
            bool had = rest.Length < _keys.Length;
            _keys = rest;
            return had;
        }
    }

    /// <summary>The ids of the keys.</summary>
    public override string ToString() => string.Join(", ", _keys.Select(static (key, i) => i == 0 ? $"'{key.Id}' (current)" : $"'{key.Id}'"));

    internal EncryptionKey? Find(ReadOnlySpan<byte> id)
    {
        foreach (EncryptionKey key in _keys)
        {
            if (key.HasId(id))
            {
                return key;
            }
        }

        return null;
    }

    private EncryptionKeyRing Put(EncryptionKey added, bool asCurrent)
    {
        lock (_changing)
        {
            if (Array.Exists(_keys, key => key.Id == added.Id))
            {
                throw new ArgumentException($"The key ring has a key '{added.Id}' already. Values name their key by its id: give every key one of its own.");
            }

            _keys = asCurrent ? [added, .. _keys] : [.. _keys, added];
            return this;
        }
    }

    // Convert's own error shows nothing of the text, but says nothing of the remedy either.
    private static byte[] Decode(string id, string key)
    {
        EncryptionKey.CheckId(id);
        ArgumentNullException.ThrowIfNull(key);
        var bytes = new byte[(key.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(key, bytes, out int length)
            ? bytes[..length]
            : throw new ArgumentException($"The encryption key '{id}' is not Base64. Make one with 'openssl rand -base64 32'.", nameof(key));
    }
}
