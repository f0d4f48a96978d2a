-- Writes whole values that share a slot.
-- KEYS values
-- ARGV[1] 'insert' (only if absent), 'update' (only if present) or 'upsert'
-- ARGV[2] expiry: milliseconds, 0 = leave it as it is, -1 = none
-- ARGV[3…] values, one per key
-- Reply: per key; 'insert', 'update': 1 if written, else 0; 'upsert': 1 if created, 0 if replaced. WRONGTYPE with the key's position (from 0) if one holds
-- anything but a string; then none was written.
-- O(keys)
--#include "string_set.lua"
local mode, expiry = ARGV[1], ARGV[2]
local replies = {}
for i = 1, #KEYS do
  local length = redis.pcall('STRLEN', KEYS[i])
  if type(length) == 'table' then
    return string.find(length.err, 'WRONGTYPE', 1, true) and redis.error_reply('WRONGTYPE ' .. i - 1) or length
  end
  replies[i] = length == 0 and redis.call('EXISTS', KEYS[i]) == 0 and 1 or 0
end

for i = 1, #KEYS do
  if mode == 'upsert' or (mode == 'insert') == (replies[i] == 1) then
    set(KEYS[i], ARGV[2 + i], expiry)
    if mode == 'update' then replies[i] = 1 end
  else
    replies[i] = 0
  end
end
return replies
