-- Adds to a counter of an entity that exists.
-- KEYS[1] entity
-- ARGV[1] the field that every entity has
-- ARGV[2] expiry to start anew, in milliseconds, or 0
-- ARGV[3] the counter's field
-- ARGV[4] what to add
-- ARGV[5], ARGV[6] the least and the largest value allowed, or '' for those of 64 bits
-- Reply: the new value as text (a Lua number loses digits past 2^53), or nil if there is no entity. Nothing is changed by the errors OVERFLOW and
-- NOTINTEGER, which carry the value that stands.
-- O(1)
--#include "hash_counter.lua"
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return false end
local value, refused = add(KEYS[1], ARGV[3], ARGV[4], ARGV[5], ARGV[6])
if refused then return refused end
if ARGV[2] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return value
