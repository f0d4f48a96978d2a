namespace TypedRedis.Analyzers.Driver;

/// <summary>Commands in the text of scripts.</summary>
internal static class ScriptCommands
{
    /// <summary>A pattern of a call up to its first argument, which is a key: <c>redis.call('GET', </c>. It names <c>quote</c>.</summary>
    public const string UpToKey =
        @"redis\.p?call\(\s*(?<quote>['""])(?:" + Keyed + @")\k<quote>\s*,\s*";

    /// <summary>A pattern of a call whose arguments are keys to the last, up to the second of them.</summary>
    public const string UpToSecondKey =
        @"redis\.p?call\(\s*(?<quote>['""])(?:DEL|UNLINK|EXISTS|TOUCH|PFCOUNT)\k<quote>\s*,[^,()]*,";

    /// <summary>A pattern of a call that has no key.</summary>
    public const string WithoutKey =
        @"redis\.p?call\(\s*(?<quote>['""])(?:PUBLISH|TIME|PING|ECHO)\k<quote>";

    private const string Keyed =
        "GET|SET|SETEX|PSETEX|SETNX|GETSET|GETDEL|GETEX|STRLEN|APPEND|GETRANGE|SETRANGE|SETBIT|GETBIT|BITCOUNT|INCR|DECR|INCRBY|DECRBY|INCRBYFLOAT"
        + "|DEL|UNLINK|EXISTS|TOUCH|TYPE|EXPIRE|PEXPIRE|EXPIREAT|PEXPIREAT|PERSIST|TTL|PTTL"
        + "|HGET|HSET|HSETNX|HMGET|HMSET|HDEL|HGETALL|HINCRBY|HINCRBYFLOAT|HEXISTS|HLEN|HKEYS|HVALS|HSTRLEN|HSCAN"
        + "|LPUSH|RPUSH|LPUSHX|RPUSHX|LPOP|RPOP|LLEN|LRANGE|LREM|LTRIM|LINDEX|LSET|LINSERT|LPOS"
        + "|SADD|SREM|SISMEMBER|SMISMEMBER|SMEMBERS|SCARD|SPOP|SRANDMEMBER|SSCAN"
        + "|ZADD|ZREM|ZSCORE|ZMSCORE|ZRANK|ZREVRANK|ZRANGE|ZREVRANGE|ZRANGEBYSCORE|ZREVRANGEBYSCORE|ZCARD|ZCOUNT|ZINCRBY|ZPOPMIN|ZPOPMAX|ZREMRANGEBYSCORE|ZREMRANGEBYRANK|ZSCAN"
        + "|XADD|XLEN|XRANGE|XREVRANGE|XDEL|XTRIM|PFADD|PFCOUNT";
}
