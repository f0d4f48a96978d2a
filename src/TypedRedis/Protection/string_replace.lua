-- Replaces a value that still is what was read. Leaves the expiry as it is.
-- KEYS[1] entity
-- ARGV[1] the value that was read
-- ARGV[2] the value to write
-- Reply: 1 if it was replaced, else 0. WRONGTYPE if the key holds anything but a string.
-- O(1)
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
