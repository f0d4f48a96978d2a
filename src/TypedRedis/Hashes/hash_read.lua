-- Reads fields of an entity and starts its expiry anew. A script, because a PEXPIRE sent beside the HMGET would also reach a key of another type.
-- KEYS[1] entity
-- ARGV[1] expiry in milliseconds
-- ARGV[2] which of the fields (from 1) every entity has
-- ARGV[3…] fields
-- Reply: the values, nil where a field is absent. WRONGTYPE if the key holds anything but a hash.
-- O(fields)
local values = redis.call('HMGET', KEYS[1], unpack(ARGV, 3))
if values[tonumber(ARGV[2])] then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return values
