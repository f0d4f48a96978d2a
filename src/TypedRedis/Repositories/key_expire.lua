-- Sets or removes the expiry of an entity.
-- KEYS[1] entity
-- ARGV[1] hash or string: the type that the key must have
-- ARGV[2] hash: the field that every entity has
-- ARGV[3] milliseconds, or -1 = none
-- Reply: 1 if there is an entity, else 0. WRONGTYPE if the key holds anything else.
-- O(1)
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'none' then return 0 end
if kind ~= ARGV[1] then return redis.error_reply('WRONGTYPE Operation against a key holding the wrong kind of value') end
if kind == 'hash' and redis.call('HEXISTS', KEYS[1], ARGV[2]) == 0 then return 0 end
if ARGV[3] == '-1' then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return 1
