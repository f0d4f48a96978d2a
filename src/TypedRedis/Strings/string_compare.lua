-- Writes or removes a value where an expected one stands, byte for byte.
-- KEYS[1] value
-- ARGV[1] 'value' if one is expected, 'none' if none is
-- ARGV[2] the expected value
-- ARGV[3] expiry: milliseconds, 0 = leave it as it is, -1 = none
-- ARGV[4] the new value; if not given, the value is removed
-- Reply: 1 if done; else 0 and the value that stands, or nil. WRONGTYPE if the key holds anything but a string.
-- O(1)
--#include "string_set.lua"
local stored = redis.call('GET', KEYS[1])
if ARGV[1] == 'none' and stored or ARGV[1] == 'value' and stored ~= ARGV[2] then return { 0, stored } end
if ARGV[4] then set(KEYS[1], ARGV[4], ARGV[3]) else redis.call('UNLINK', KEYS[1]) end
return { 1 }
