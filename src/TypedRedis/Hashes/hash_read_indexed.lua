-- Reads fields of an entity that is in indexes and starts its expiry anew.
-- KEYS[1] entity
-- ARGV[1] 'atomic' if the indexes stand on the same server, whatever happens
-- ARGV[2] the context's prefix
-- ARGV[3] expiry in milliseconds, ARGV[4] by how many percent of it the keys of indexes outlive the entity
-- ARGV[5] which of the fields (from 1) every entity has
-- ARGV[6…] fields
-- Reply: the values, nil where a field is absent; then 1 if the indexes have to be told first how long the entity lives, which then got less time or is as it was; else 0.
-- O(fields + entries * log(size of the index)); the indexes are touched about once in half their time.
--#include "index_entries.lua"
local fields = #ARGV - 5
local values = redis.call('HMGET', KEYS[1], unpack(ARGV, 6))
values[fields + 1] = 0
if not values[tonumber(ARGV[5])] then return values end

local found = redis.call('HMGET', KEYS[1], '_iu', '_ix')
local ttl = tonumber(ARGV[3])
local score, till = string.match(found[1] or '', '^(%d+) (%d+)$')
score, till = tonumber(score), tonumber(till)
local now = milliseconds()
local due = found[2] and (not till or now + ttl < score or now + ttl > till)
if due and ARGV[1] ~= 'atomic' then
  values[fields + 1] = 1
  if till and now + ttl > till then redis.call('PEXPIRE', KEYS[1], text_of(math.max(till - now, 1))) end
  return values
end

redis.call('PEXPIRE', KEYS[1], ARGV[3])     -- before the HSET, which is refused when memory is full, unless the script has written already
if due then
  score = now + ttl
  till = expiry_of_keys(score, ttl, ARGV[4], ARGV[1])
  redis.call('HSET', KEYS[1], '_iu', text_of(score) .. ' ' .. text_of(till))
  local tokens, list = entries(found[2])
  for i = 1, #list do put(ARGV[2], string.sub(KEYS[1], #ARGV[2] + 1), list[i], tokens[list[i]], false, false, score, till, now, false) end
end
return values
