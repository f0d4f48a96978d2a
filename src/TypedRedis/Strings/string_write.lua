-- Writes whole entities that share a slot.
-- KEYS entities
-- ARGV[1] 'insert' (only if absent), 'update' (only if present) or 'upsert'
-- ARGV[2] expiry: milliseconds, 0 = leave it as it is, -1 = none
-- ARGV[3…] values, one per key
-- Reply: per key; 'insert', 'update': 1 if written, else 0; 'upsert': 1 if created, 0 if replaced. WRONGTYPE with the key's position (from 0) if one holds
-- anything but a string; then none was written.
-- O(keys)
local mode, expiry = ARGV[1], ARGV[2]
local replies = {}
for i = 1, #KEYS do
  local length = redis.pcall('STRLEN', KEYS[i])      -- an entity is never empty
  if type(length) == 'table' then return redis.error_reply('WRONGTYPE ' .. i - 1) end
  replies[i] = length == 0 and 1 or 0
end

for i = 1, #KEYS do
  if mode == 'upsert' or (mode == 'insert') == (replies[i] == 1) then
    if expiry == '0' then redis.call('SET', KEYS[i], ARGV[2 + i], 'KEEPTTL')
    elseif expiry == '-1' then redis.call('SET', KEYS[i], ARGV[2 + i])
    else redis.call('SET', KEYS[i], ARGV[2 + i], 'PX', expiry) end
    if mode == 'update' then replies[i] = 1 end
  else
    replies[i] = 0
  end
end
return replies
