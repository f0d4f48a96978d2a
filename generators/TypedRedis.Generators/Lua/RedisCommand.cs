namespace TypedRedis.Generators.Lua;

/// <summary>A command of Redis, as far as a script is checked for it.</summary>
/// <param name="Name">Its name in capitals.</param>
/// <param name="Arity">How many words it has, itself included; negative: at least as many.</param>
/// <param name="First">The position of its first key (the command itself is 0), or 0 for none.</param>
/// <param name="Last">The position of its last key; negative: counted from the end.</param>
/// <param name="Step">From one key to the next.</param>
/// <param name="CountAt">The position of the number of keys that follow it, or 0.</param>
internal sealed record RedisCommand(string Name, int Arity, int First, int Last, int Step, int CountAt)
{
    private const string Forbidden = "Redis refuses it in scripts";
    private const string Administration = "it is about the server, not about data: call it from outside of a script";
    private const string Blocking = "a script cannot wait: use the form that does not block, and poll or subscribe from outside";

    // Name, number of words, first key, last key, step; "#n" is where the number of keys stands.
    private const string Table = """
        APPEND 3 1 1 1;ASKING 1;BITCOUNT -2 1 1 1;BITFIELD -2 1 1 1;BITFIELD_RO -2 1 1 1;BITOP -4 2 -1 1;BITPOS -3 1 1 1;CLIENT -2;CLUSTER -2;COMMAND -1;COPY -3 1 2 1;
        DBSIZE 1;DECR 2 1 1 1;DECRBY 3 1 1 1;DEL -2 1 -1 1;DELEX -2 1 1 1;DELIFEQ 3 1 1 1;DIGEST 2 1 1 1;DUMP 2 1 1 1;ECHO 2;EXISTS -2 1 -1 1;EXPIRE -3 1 1 1;
        EXPIREAT -3 1 1 1;EXPIRETIME 2 1 1 1;GEOADD -5 1 1 1;GEODIST -4 1 1 1;GEOHASH -2 1 1 1;GEOPOS -2 1 1 1;GEORADIUS -6 1 1 1;GEORADIUS_RO -6 1 1 1;
        GEORADIUSBYMEMBER -5 1 1 1;GEORADIUSBYMEMBER_RO -5 1 1 1;GEOSEARCH -7 1 1 1;GEOSEARCHSTORE -8 1 2 1;GET 2 1 1 1;GETBIT 3 1 1 1;GETDEL 2 1 1 1;GETEX -2 1 1 1;
        GETRANGE 4 1 1 1;GETSET 3 1 1 1;HDEL -3 1 1 1;HEXISTS 3 1 1 1;HEXPIRE -6 1 1 1;HEXPIREAT -6 1 1 1;HEXPIRETIME -5 1 1 1;HGET 3 1 1 1;HGETALL 2 1 1 1;
        HGETDEL -5 1 1 1;HGETEX -5 1 1 1;HINCRBY 4 1 1 1;HINCRBYFLOAT 4 1 1 1;HKEYS 2 1 1 1;HLEN 2 1 1 1;HMGET -3 1 1 1;HMSET -4 1 1 1;HPERSIST -5 1 1 1;
        HPEXPIRE -6 1 1 1;HPEXPIREAT -6 1 1 1;HPEXPIRETIME -5 1 1 1;HPTTL -5 1 1 1;HRANDFIELD -2 1 1 1;HSCAN -3 1 1 1;HSET -4 1 1 1;HSETEX -6 1 1 1;HSETNX 4 1 1 1;
        HSTRLEN 3 1 1 1;HTTL -5 1 1 1;HVALS 2 1 1 1;INCR 2 1 1 1;INCRBY 3 1 1 1;INCRBYFLOAT 3 1 1 1;INFO -1;LASTSAVE 1;LCS -3 1 2 1;LINDEX 3 1 1 1;LINSERT 5 1 1 1;
        LLEN 2 1 1 1;LMOVE 5 1 2 1;LMPOP -4 #1;LOLWUT -1;LPOP -2 1 1 1;LPOS -3 1 1 1;LPUSH -3 1 1 1;LPUSHX -3 1 1 1;LRANGE 4 1 1 1;LREM 4 1 1 1;LSET 4 1 1 1;
        LTRIM 4 1 1 1;MEMORY -2 2 2 1;MGET -2 1 -1 1;MOVE 3 1 1 1;MSET -3 1 -1 2;MSETNX -3 1 -1 2;OBJECT -2 2 2 1;PERSIST 2 1 1 1;PEXPIRE -3 1 1 1;PEXPIREAT -3 1 1 1;
        PEXPIRETIME 2 1 1 1;PFADD -2 1 1 1;PFCOUNT -2 1 -1 1;PFMERGE -2 1 -1 1;PING -1;PSETEX 4 1 1 1;PTTL 2 1 1 1;PUBLISH 3;PUBSUB -2;RANDOMKEY 1;READONLY 1;
        READWRITE 1;RENAME 3 1 2 1;RENAMENX 3 1 2 1;RESTORE -4 1 1 1;RPOP -2 1 1 1;RPOPLPUSH 3 1 2 1;RPUSH -3 1 1 1;RPUSHX -3 1 1 1;SADD -3 1 1 1;SCAN -2;SCARD 2 1 1 1;
        SDIFF -2 1 -1 1;SDIFFSTORE -3 1 -1 1;SET -3 1 1 1;SETBIT 4 1 1 1;SETEX 4 1 1 1;SETNX 3 1 1 1;SETRANGE 4 1 1 1;SINTER -2 1 -1 1;SINTERCARD -3 #1;
        SINTERSTORE -3 1 -1 1;SISMEMBER 3 1 1 1;SMEMBERS 2 1 1 1;SMISMEMBER -3 1 1 1;SMOVE 4 1 2 1;SORT -2 1 1 1;SORT_RO -2 1 1 1;SPOP -2 1 1 1;SPUBLISH 3;
        SRANDMEMBER -2 1 1 1;SREM -3 1 1 1;SSCAN -3 1 1 1;STRLEN 2 1 1 1;SUBSTR 4 1 1 1;SUNION -2 1 -1 1;SUNIONSTORE -3 1 -1 1;TIME 1;TOUCH -2 1 -1 1;TTL 2 1 1 1;
        TYPE 2 1 1 1;UNLINK -2 1 -1 1;VADD -5 1 1 1;VCARD 2 1 1 1;VDIM 2 1 1 1;VEMB -3 1 1 1;VGETATTR 3 1 1 1;VINFO 2 1 1 1;VISMEMBER 3 1 1 1;VLINKS -3 1 1 1;
        VRANDMEMBER -2 1 1 1;VREM 3 1 1 1;VSETATTR 4 1 1 1;VSIM -4 1 1 1;XACK -4 1 1 1;XACKDEL -6 1 1 1;XADD -5 1 1 1;XAUTOCLAIM -6 1 1 1;XCLAIM -6 1 1 1;XDEL -3 1 1 1;
        XDELEX -5 1 1 1;XGROUP -2 2 2 1;XINFO -2 2 2 1;XLEN 2 1 1 1;XPENDING -3 1 1 1;XRANGE -4 1 1 1;XREAD -4;XREADGROUP -7;XREVRANGE -4 1 1 1;XSETID -3 1 1 1;
        XTRIM -4 1 1 1;ZADD -4 1 1 1;ZCARD 2 1 1 1;ZCOUNT 4 1 1 1;ZDIFF -3 #1;ZDIFFSTORE -4 1 1 1 #2;ZINCRBY 4 1 1 1;ZINTER -3 #1;ZINTERCARD -3 #1;
        ZINTERSTORE -4 1 1 1 #2;ZLEXCOUNT 4 1 1 1;ZMPOP -4 #1;ZMSCORE -3 1 1 1;ZPOPMAX -2 1 1 1;ZPOPMIN -2 1 1 1;ZRANDMEMBER -2 1 1 1;ZRANGE -4 1 1 1;
        ZRANGEBYLEX -4 1 1 1;ZRANGEBYSCORE -4 1 1 1;ZRANGESTORE -5 1 2 1;ZRANK -3 1 1 1;ZREM -3 1 1 1;ZREMRANGEBYLEX 4 1 1 1;ZREMRANGEBYRANK 4 1 1 1;
        ZREMRANGEBYSCORE 4 1 1 1;ZREVRANGE -4 1 1 1;ZREVRANGEBYLEX -4 1 1 1;ZREVRANGEBYSCORE -4 1 1 1;ZREVRANK -3 1 1 1;ZSCAN -3 1 1 1;ZSCORE 3 1 1 1;ZUNION -3 #1;
        ZUNIONSTORE -4 1 1 1 #2
        """;

    private static readonly Dictionary<string, RedisCommand> Known = Read();

    private static readonly Dictionary<string, string> Refusals = RefusalsByName();

    /// <summary>The names of the commands that scripts may use.</summary>
    public static IEnumerable<string> Names => Known.Keys;

    /// <summary>A command by its name in any case, or null where the checker does not know it.</summary>
    public static RedisCommand? Find(string name) => Known.TryGetValue(name, out var command) ? command : null;

    /// <summary>Why a command cannot or should not stand in a script, or null.</summary>
    public static string? Refusal(string name) => Refusals.TryGetValue(name, out string? reason) ? reason : null;

    private static Dictionary<string, RedisCommand> Read()
    {
        var commands = new Dictionary<string, RedisCommand>(StringComparer.OrdinalIgnoreCase);
        foreach (string entry in Table.Split(';'))
        {
            var words = entry.Trim().Split(' ').ToList();
            int countAt = words[words.Count - 1].StartsWith("#", StringComparison.Ordinal) ? Number(words[words.Count - 1].Substring(1)) : 0;
            int[] numbers = words.Skip(1).Where(static word => word[0] != '#').Select(Number).ToArray();
            bool hasKeys = numbers.Length > 1;
            commands.Add(words[0], new RedisCommand(words[0], numbers[0], hasKeys ? numbers[1] : 0, hasKeys ? numbers[2] : 0, hasKeys ? numbers[3] : 1, countAt));
        }

        return commands;

        static int Number(string word) => int.Parse(word, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Dictionary<string, string> RefusalsByName()
    {
        var refusals = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["KEYS"] = "it looks at every key of the node while nothing else runs: walk with SCAN from outside, or keep a set of the keys",
            ["FLUSHALL"] = "it removes the data of everybody: unlink the keys that are meant",
            ["FLUSHDB"] = "it removes the data of everybody: unlink the keys that are meant",
            ["SWAPDB"] = "it changes the data of everybody",
            ["SELECT"] = "it changes the database under the keys, and a cluster has only one: take a context of the other database",
            ["MIGRATE"] = Administration,
            ["WAIT"] = Blocking,
            ["WAITAOF"] = Blocking,
        };
        Add(Forbidden, "AUTH DISCARD EVAL EVAL_RO EVALSHA EVALSHA_RO EXEC FCALL FCALL_RO HELLO MULTI PSUBSCRIBE PUNSUBSCRIBE QUIT RESET ROLE SSUBSCRIBE SUBSCRIBE SUNSUBSCRIBE UNSUBSCRIBE UNWATCH WATCH");
        Add(Administration, "ACL BGREWRITEAOF BGSAVE CONFIG DEBUG FAILOVER FUNCTION LATENCY MODULE MONITOR PFDEBUG PFSELFTEST PSYNC REPLCONF REPLICAOF RESTORE-ASKING SAVE SCRIPT SHUTDOWN SLAVEOF SLOWLOG SYNC");
        Add(Blocking, "BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN");
        return refusals;

        void Add(string reason, string names)
        {
            foreach (string name in names.Split(' '))
                refusals.Add(name, reason);
        }
    }

    public const string BlockingOption = Blocking;
}
