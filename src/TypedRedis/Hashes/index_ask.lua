-- Whether an entity is in an index by an entry.
-- KEYS[1] entity
-- ARGV[1] the entry, ARGV[2] the token that it must have, or '' = any
-- Reply: 'alive' with the time in milliseconds at which the entity expires or -1; 'pending', milliseconds: somebody is about to change the entity; or 'dead'.
-- O(entries)
--#include "index_entries.lua"
local now = milliseconds()
if has(KEYS[1], ARGV[1], ARGV[2] ~= '' and ARGV[2] or nil) then
  local left = redis.call('PTTL', KEYS[1])
  return { 'alive', left < 0 and -1 or now + left }
end
local intent = redis.pcall('HGET', KEYS[1], '_in')
local deadline = type(intent) == 'string' and tonumber(string.match(intent, ' (%d+)$'))
if deadline and deadline > now then return { 'pending', deadline - now } end
return { 'dead', 0 }
