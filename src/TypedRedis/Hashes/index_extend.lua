-- Lets a key of a unique index live as long as it has to, where it still has what the entity says.
-- KEYS[1] the index's key for the value
-- ARGV[1] 'entity{}token', ARGV[2] the time in milliseconds up to which the key lives at least, or '' = for good
-- Reply: 1, or 0 if it has something else.
-- O(1)
--#include "index_entries.lua"
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
keep(KEYS[1], false, tonumber(ARGV[2]), milliseconds())
return 1
