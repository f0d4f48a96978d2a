-- Takes a value of a unique index for an entity in another slot.
-- KEYS[1] the index's key for the value
-- ARGV[1] 'entity{}token', ARGV[2] the time in milliseconds up to which the key lives at least, or '' = for good
-- ARGV[3] what stands there and may be replaced, though it is another entity's; or ''
-- Reply: nil if it was taken, else what stands there.
-- O(1)
--#include "index_entries.lua"
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[3] and holder_of(holder) ~= holder_of(ARGV[1]) then return holder end
redis.call('SET', KEYS[1], ARGV[1])
if ARGV[2] ~= '' then redis.call('PEXPIRE', KEYS[1], text_of(math.max(tonumber(ARGV[2]) - milliseconds(), 1))) end
return false
