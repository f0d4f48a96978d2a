-- Whether an entity is in an index by an entry.
-- KEYS[1] entity
-- ARGV[1] the entry, ARGV[2] the token that it must have, or '' = any; ARGV[3] the time of its member, which the caller changes to the one that is answered, or ''
-- Reply: 'alive', the time in milliseconds at which the entity expires or -1, 1 if somebody is about to change it; 'pending', milliseconds: who may have made the entry is
--   about to change the entity; or 'dead'. An entity gets no tokens but those of who changes it.
-- O(entries)
--#include "index_entries.lua"
local now = milliseconds()
local intent = redis.pcall('HGET', KEYS[1], '_in')
local owner, deadline = string.match(type(intent) == 'string' and intent or '', '^(%S*) (%d+)$')
deadline = owner and tonumber(deadline) or 0
if has(KEYS[1], ARGV[1], ARGV[2] ~= '' and ARGV[2] or nil) then
  local left = redis.call('PTTL', KEYS[1])
  if left >= 0 and deadline <= now and ARGV[3] ~= '' and tonumber(ARGV[3]) < now + left then tell(KEYS[1], now + left) end
  return { 'alive', left < 0 and -1 or now + left, deadline > now and 1 or 0 }
end
if deadline > now and (ARGV[2] == '' or ARGV[2] == owner) then return { 'pending', deadline - now } end
return { 'dead', 0 }
