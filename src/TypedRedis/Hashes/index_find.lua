-- Reads the entity that a unique index has for a value, where the index stands in the entity's slot or on the same server.
-- KEYS[1] the index's key for the value
-- ARGV[1] the context's prefix
-- ARGV[2…] fields
-- Reply: nil if there is none; else the entity without the prefix, and the values, nil where a field is absent.
-- O(fields)
--#include "index_entries.lua"
local holder = redis.call('GET', KEYS[1])
if not holder then return false end
local entity = holder_of(holder)
if not entity or not has(ARGV[1] .. entity, 'U' .. string.sub(KEYS[1], #ARGV[1] + 1) .. '\t\t') then
  redis.call('DEL', KEYS[1])     -- of an entity that has expired, or of none
  return false
end
return { entity, redis.call('HMGET', ARGV[1] .. entity, unpack(ARGV, 2)) }
