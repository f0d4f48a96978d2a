-- Puts a member into a sorted set of an index, or lets the set live as long as it has to.
-- KEYS[1] the set
-- ARGV[1] score, ARGV[2] member, ARGV[3] the time in milliseconds up to which the key lives at least, or '' = for good
-- Reply: the time in milliseconds up to which the set lives, or -1 = for good
-- O(log(size of the index))
--#include "index_entries.lua"
local fresh = redis.call('EXISTS', KEYS[1]) == 0
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
local now = milliseconds()
keep(KEYS[1], fresh, tonumber(ARGV[3]), now)
local left = redis.call('PTTL', KEYS[1])
return left < 0 and -1 or now + left
