-- Removes an entry that its entity is not in any more, where the index stands in the entity's slot or on the same server.
-- KEYS[1] the index's key for the value
-- ARGV[1] the context's prefix, ARGV[2] the entry, ARGV[3] the entity without the prefix, ARGV[4] the entry's token
-- Reply: 1 if it was removed, else 0.
-- O(log(size of the index))
--#include "index_entries.lua"
local kind, key, order = parse(ARGV[2])
if has(ARGV[1] .. ARGV[3], ARGV[2], kind == 'S' and ARGV[4] or nil) then return 0 end
local member = order .. ARGV[3] .. '{}' .. ARGV[4]
if kind == 'U' then return redis.call('GET', KEYS[1]) == member and redis.call('DEL', KEYS[1]) or 0 end
redis.call('ZREM', KEYS[1] .. '{}x', member)
return redis.call('ZREM', KEYS[1], member)
