-- Changes some fields of an entity that exists.
-- KEYS[1] entity
-- ARGV[1] the field that every entity has
-- ARGV[2] expiry to start anew, in milliseconds, or 0
-- ARGV[3] how many fields to set
-- ARGV[4…] field, value, … to set; then the fields to remove
-- Reply: 1 if changed, 0 if there is no entity. WRONGTYPE if the key holds anything but a hash.
-- O(fields)
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
local removals = 4 + 2 * tonumber(ARGV[3])
if removals > 4 then redis.call('HSET', KEYS[1], unpack(ARGV, 4, removals - 1)) end
if removals <= #ARGV then redis.call('HDEL', KEYS[1], unpack(ARGV, removals)) end
if ARGV[2] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1
