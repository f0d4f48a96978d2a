-- Counts a part of an index, where it stands in the slot of its entities or on the same server.
-- KEYS[1] the index's key for the value
-- ARGV[1] the context's prefix, ARGV[2] 1 if the index is sorted, ARGV[3], ARGV[4] bounds as in ZLEXCOUNT
-- Reply: the count; or -1 if there was more to sweep than one call should: call again.
-- O(log(size of the index) + entities that have expired since it was last swept)
--#include "index_entries.lua"
local key = string.sub(KEYS[1], #ARGV[1] + 1)
if sweep(ARGV[1], key, ARGV[2] == '1', milliseconds(), 500) == 500 then return -1 end
return redis.call('ZLEXCOUNT', KEYS[1], ARGV[3], ARGV[4])
