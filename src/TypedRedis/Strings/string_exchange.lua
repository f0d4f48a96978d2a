-- Writes or removes a value and tells the one before.
-- KEYS[1] value
-- ARGV[1] expiry: milliseconds, 0 = leave it as it is, -1 = none
-- ARGV[2] the new value; if not given, the value is removed
-- Reply: the value before, or nil. WRONGTYPE if the key holds anything but a string.
-- O(1)
--#include "string_set.lua"
local before = redis.call('GET', KEYS[1])
if ARGV[2] then set(KEYS[1], ARGV[2], ARGV[1]) else redis.call('UNLINK', KEYS[1]) end
return before
