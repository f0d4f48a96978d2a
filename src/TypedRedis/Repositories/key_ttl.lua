-- The time that an entity has left.
-- KEYS[1] entity
-- ARGV[1] hash or string: the type that the key must have
-- ARGV[2] hash: the field that every entity has
-- Reply: milliseconds; -1 = no expiry, -2 = no entity. WRONGTYPE if the key holds anything else.
-- O(1)
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'none' then return -2 end
if kind ~= ARGV[1] then return redis.error_reply('WRONGTYPE Operation against a key holding the wrong kind of value') end
if kind == 'hash' and redis.call('HEXISTS', KEYS[1], ARGV[2]) == 0 then return -2 end
return redis.call('PTTL', KEYS[1])
