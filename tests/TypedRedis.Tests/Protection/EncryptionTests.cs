using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace TypedRedis.Tests.Protection;

/// <summary>The form of encrypted values, and that none can be changed or moved.</summary>
public class EncryptionTests
{
    private static readonly byte[] Nonce = [.. Enumerable.Range(0xA0, 12).Select(static i => (byte)i)];

    // Made with another implementation (Python's cryptography, over OpenSSL), of the format as the page describes it.
    [Theory]
    [InlineData("k1", "p:", "user:42", "ssn", "123-45-6789", "ff545210026b31a0a1a2a3a4a5a6a7a8a9aaabd72a4f0071fe2f89555dbe9f033206f5f5965d9140910c4e6326e3")]
    [InlineData("2026-01", "", "note:7", "", "", "ff54521007323032362d3031a0a1a2a3a4a5a6a7a8a9aaab8d22f3f2755fbbf75f9a817601435ad4")]
    public void Known_answers(string id, string prefix, string key, string field, string text, string envelope)
    {
        var place = new ValuePlace(prefix, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(field));
        EncryptionKey encryption = new EncryptionKeyRing(id, Secrets.Key).Current;

        Assert.Equal(envelope, Convert.ToHexStringLower(encryption.Encrypt(Encoding.UTF8.GetBytes(text), place, Nonce)));
        Assert.Equal(text, Encoding.UTF8.GetString(encryption.TryDecrypt(Convert.FromHexString(envelope), place)!));
    }

    [Fact]
    public void A_known_answer_is_read_through_the_field_and_through_the_whole_value()
    {
        byte[] ofField = Convert.FromHexString("ff545210026b31a0a1a2a3a4a5a6a7a8a9aaabd72a4f0071fe2f89555dbe9f033206f5f5965d9140910c4e6326e3");
        Assert.Equal("123-45-6789"u8.ToArray(), Secrets.Unprotect(Secrets.Codec(Secrets.Encrypted), ofField));

        // The value FF 54 52, which is escaped inside.
        byte[] ofValue = Convert.FromHexString("ff54521007323032362d3031a0a1a2a3a4a5a6a7a8a9aaab194c2e2dba9f5008542971dada98ef5e4e40bcfb8a2101");
        var context = new CodecContext(
            TestContext.Create(new RedisContextOptions { KeyRing = new("2026-01", Secrets.Key) }),
            new StringSchema("Shop.Note") { Protected = [Secrets.Encrypted] },
            (RedisKey)"note:7"u8.ToArray());
        Assert.Equal([0xFF, 0x54, 0x52], Secrets.Unprotect(context, ofValue));
    }

    [Fact]
    public void Every_changed_bit_and_every_lost_byte_is_refused()
    {
        CodecContext context = Secrets.Codec(Secrets.Encrypted);
        byte[] stored = Secrets.Protect(context, "123-45-6789");
        for (int bit = 0; bit < 8 * stored.Length; bit++)
        {
            byte[] changed = [.. stored];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Refused(context, changed);
        }

        for (int length = 0; length < stored.Length; length++)
            Refused(context, stored[..length]);
        Refused(context, [.. stored, 0]);
    }

    [Fact]
    public void A_value_is_refused_in_every_other_place()
    {
        byte[] stored = Secrets.Protect(Secrets.Codec(Secrets.Encrypted), "123-45-6789");

        Refused(Secrets.Codec(Secrets.Encrypted, key: "user:43"), stored);
        Refused(Secrets.Codec(Secrets.Encrypted, name: "name"), stored);
        Refused(Secrets.Codec(Secrets.Encrypted, prefix: "q:"), stored);
        Refused(Secrets.Codec(Secrets.Encrypted, prefix: ""), stored);
        Refused(Secrets.Codec(Secrets.Encrypted, ring: new("k1", Secrets.OtherKey)), stored);

        // The same bytes in a row, cut at another place.
        Refused(Secrets.Codec(Secrets.Encrypted, key: "user:42s", name: "sn"), stored);
        Refused(Secrets.Codec(Secrets.Encrypted, key: "user:4", name: "2ssn"), stored);

        // Prefix and key are one: the full key.
        Assert.Equal("123-45-6789"u8.ToArray(), Secrets.Unprotect(Secrets.Codec(Secrets.Encrypted, prefix: "", key: "p:user:42"), stored));
    }

    [Fact]
    public void Equal_values_are_not_equal_in_Redis()
    {
        CodecContext context = Secrets.Codec(Secrets.Encrypted);
        Assert.NotEqual(Secrets.Protect(context, 7), Secrets.Protect(context, 7));
    }

    [Fact]
    public void A_plain_value_is_refused_unless_it_is_allowed()
    {
        CodecContext context = Secrets.Codec(Secrets.Encrypted);
        foreach (byte[] plain in (byte[][])[[], "123"u8.ToArray(), Secrets.Protect(Secrets.Codec(Secrets.Brotli), new string('a', 100)), Envelope.Escape([0xFF, 0x54, 0x52])])
        {
            RedisDecryptException error = Refused(context, plain);
            Assert.Null(error.KeyId);
            Assert.Contains("AllowPlaintext", error.Message);
        }

        CodecContext lenient = Secrets.Codec(new(0) { Encrypted = true, AllowPlaintext = true });
        Assert.Equal("123"u8.ToArray(), Secrets.Unprotect(lenient, "123"u8.ToArray()));
        Assert.Equal(new string('a', 100), Encoding.UTF8.GetString(Secrets.Unprotect(lenient, Secrets.Protect(Secrets.Codec(Secrets.Brotli), new string('a', 100)))));
        Assert.Equal("123"u8.ToArray(), Secrets.Unprotect(lenient, Secrets.Protect(lenient, "123")));
    }

    [Fact]
    public void An_unknown_key_is_named()
    {
        byte[] stored = Secrets.Protect(Secrets.Codec(Secrets.Encrypted, new("old", Secrets.OtherKey)), "123-45-6789");

        RedisDecryptException error = Refused(Secrets.Codec(Secrets.Encrypted), stored);

        Assert.Equal("old", error.KeyId);
        Assert.Contains("'old'", error.Message);
        Assert.Contains("it has 'k1' (current)", error.Message);
    }

    [Fact]
    public void Another_form_or_an_encrypted_value_of_a_member_that_is_not_encrypted_is_refused()
    {
        byte[] encrypted = Secrets.Protect(Secrets.Codec(Secrets.Encrypted), "123-45-6789");
        Assert.Contains("is not [Encrypted]", Assert.Throws<RedisDecodeException>(() => Secrets.Unprotect(Secrets.Codec(Secrets.Brotli), encrypted)).Message);
        Assert.Contains("fourth byte is 127", Assert.Throws<RedisDecodeException>(() => Secrets.Unprotect(Secrets.Codec(Secrets.Brotli), [0xFF, 0x54, 0x52, 0x7F])).Message);
    }

    [Fact]
    public void Reencryption_keeps_the_value_and_knows_no_limit()
    {
        EncryptionKeyRing ring = Secrets.Ring();
        byte[][] values = [[], "123"u8.ToArray(), new byte[500], [0xFF, 0x54, 0x52], [0xFF, 0x54, 0x52, 1, 2]];
        byte[][] stored = Array.ConvertAll(values, value => Secrets.Protect(Secrets.Codec(Secrets.EncryptedBrotli, ring), value));
        byte[][] compressed = Array.ConvertAll(values, value => Secrets.Protect(Secrets.Codec(Secrets.Brotli), value));
        ring.Rotate("k2", Secrets.OtherKey);

        ProtectedField small = new(0) { Encrypted = true, AllowPlaintext = true, MaxSize = 1 };
        for (int i = 0; i < values.Length; i++)
        {
            foreach (byte[] old in (byte[][])[stored[i], compressed[i]])
            {
                CodecContext context = Secrets.Codec(small, ring);
                RedisValue anew = context.Reencrypt(small, old);
                Assert.Equal("k2"u8, EncryptionKey.IdOf((byte[])anew!));
                Assert.Equal(values[i], Secrets.Unprotect(Secrets.Codec(Secrets.Encrypted, ring), anew!));
                Assert.True(context.Reencrypt(small, anew).IsNull);
            }
        }

        Assert.Throws<RedisDecryptException>(() => Secrets.Codec(Secrets.Encrypted, ring).Reencrypt(Secrets.Encrypted, compressed[1]));
        Assert.Throws<RedisDecryptException>(() => Secrets.Codec(Secrets.Encrypted, new("k3", Secrets.Key)).Reencrypt(Secrets.Encrypted, stored[1]));
        Assert.Throws<RedisDecodeException>(() => Secrets.Codec(small, ring).Reencrypt(small, (RedisValue)(byte[])[0xFF, 0x54, 0x52, 0x7F]));
    }

    [Fact]
    public async Task Keys_encrypt_and_decrypt_for_many_at_once()
    {
        EncryptionKeyRing ring = Secrets.Ring();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (int i = 0; i < 5_000; i++)
            {
                CodecContext context = Secrets.Codec(Secrets.Encrypted, ring, key: $"user:{worker}");
                string text = $"{worker}-{i}";
                Assert.Equal(text, Encoding.UTF8.GetString(Secrets.Unprotect(context, Secrets.Protect(context, text))));
            }
        })));
    }

    [Fact]
    public async Task A_ring_is_rotated_while_it_is_used()
    {
        EncryptionKeyRing ring = Secrets.Ring();
        using var done = new CancellationTokenSource();
        Task[] workers = [.. Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            CodecContext context = Secrets.Codec(Secrets.Encrypted, ring, key: $"user:{worker}");
            byte[] kept = Secrets.Protect(context, "1");
            for (int i = 0; i < 1_000 || !done.IsCancellationRequested; i++)
            {
                Assert.Equal("1"u8.ToArray(), Secrets.Unprotect(context, kept));
                kept = Secrets.Protect(context, "1");
            }
        }))];
        for (int i = 2; i < 200; i++)
        {
            ring.Rotate($"k{i}", RandomNumberGenerator.GetBytes(32));
            Assert.Equal($"k{i}", ring.CurrentId);
        }

        await done.CancelAsync();
        await Task.WhenAll(workers);
        Assert.Equal(199, ring.Ids.Count);
    }

    private static RedisDecryptException Refused(in CodecContext context, byte[] stored)
    {
        RedisValue[] values = [stored];
        RedisDecryptException? error = null;
        try
        {
            context.Unprotect(values);
        }
        catch (RedisDecryptException e)
        {
            error = e;
        }

        Assert.NotNull(error);
        Assert.Equal("Shop.User", error.Model);
        Assert.Contains($"'{error.Key}'", error.Message);
        Assert.Contains($"'{error.Field}'", error.Message);
        Assert.DoesNotContain("123-45", error.ToString());
        return error;
    }
}
