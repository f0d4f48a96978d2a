namespace TypedRedis.Tests.Protection;

/// <summary>Which keys a ring takes, and that it shows none.</summary>
public class KeyRingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_key_of_another_length_is_refused_and_not_shown(int length)
    {
        byte[] key = ((byte[])[.. Secrets.OtherKey, 0x77])[..length];
        var error = Assert.Throws<ArgumentException>(() => new EncryptionKeyRing("k1", key));
        Assert.Contains($"'k1' has {length} bytes", error.Message);
        error = Assert.Throws<ArgumentException>(() => Secrets.Ring().AddBase64("k2", Convert.ToBase64String(key)));
        Assert.Contains($"'k2' has {length} bytes", error.Message);
        if (length > 0)
            Assert.DoesNotContain(Convert.ToBase64String(key)[..8], error.ToString());
    }

    [Fact]
    public void What_is_no_Base64_is_refused_and_not_shown()
    {
        string key = Convert.ToBase64String(Secrets.OtherKey)[..^1] + "!";
        Assert.DoesNotContain(key[..8], Assert.Throws<ArgumentException>(() => EncryptionKeyRing.FromBase64("k1", key)).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("k'1")]
    [InlineData("123456789012345678901234567890123")]
    public void An_id_is_short_and_plain(string id)
    {
        Assert.Throws<ArgumentException>(() => new EncryptionKeyRing(id, Secrets.Key));
        Assert.Throws<ArgumentException>(() => EncryptionKeyRing.FromBase64(id, Convert.ToBase64String(Secrets.Key)));
    }

    [Fact]
    public void A_key_that_is_passed_for_an_id_is_not_shown()
    {
        string key = Convert.ToBase64String(Secrets.OtherKey);
        foreach (Action mistake in (Action[])[() => EncryptionKeyRing.FromBase64(key, "k1"), () => Secrets.Ring().Use(key), () => Secrets.Ring().AddBase64(key, "k1")])
            Assert.DoesNotContain(key[..8], Assert.Throws<ArgumentException>(mistake).ToString());
    }

    [Fact]
    public void Nothing_shows_a_key()
    {
        EncryptionKeyRing ring = Secrets.Ring().AddBase64("k2", Convert.ToBase64String(Secrets.OtherKey));
        string shown = $"{ring} {new RedisContextOptions { KeyRing = ring }} {string.Join(' ', ring.Ids)}";

        Assert.StartsWith("'k1' (current), 'k2' ", shown);
        Assert.DoesNotContain(Convert.ToBase64String(Secrets.Key)[..8], shown);
        Assert.DoesNotContain(Convert.ToBase64String(Secrets.OtherKey)[..8], shown);
    }

    [Fact]
    public void Keys_are_added_used_and_retired()
    {
        EncryptionKeyRing ring = Secrets.Ring().Add("k2", Secrets.OtherKey);
        Assert.Equal(["k1", "k2"], ring.Ids);

        ring.Use("k2");
        Assert.Equal(("k2", "k2, k1"), (ring.CurrentId, string.Join(", ", ring.Ids)));
        ring.Rotate("k3", EncryptionKeyRing.NewKey());
        Assert.Equal(["k3", "k2", "k1"], ring.Ids);

        Assert.True(ring.Retire("k1"));
        Assert.False(ring.Retire("k1"));
        Assert.Equal(["k3", "k2"], ring.Ids);
        Assert.Contains("Use another", Assert.Throws<InvalidOperationException>(() => ring.Retire("k3")).Message);
        Assert.Contains("'k2'", Assert.Throws<ArgumentException>(() => ring.Add("k2", Secrets.Key)).Message);
        Assert.Contains("no key 'k1' (it has 'k3' (current), 'k2')", Assert.Throws<ArgumentException>(() => ring.Use("k1")).Message);
    }

    [Fact]
    public void The_bytes_of_a_key_are_copied()
    {
        byte[] key = [.. Secrets.Key];
        var ring = new EncryptionKeyRing("k1", key);
        byte[] stored = Secrets.Protect(Secrets.Codec(Secrets.Encrypted, ring), "1");
        Array.Clear(key);
        Assert.Equal("1"u8.ToArray(), Secrets.Unprotect(Secrets.Codec(Secrets.Encrypted), stored));
        Assert.Equal("1"u8.ToArray(), Secrets.Unprotect(Secrets.Codec(Secrets.Encrypted, ring), stored));
    }
}
