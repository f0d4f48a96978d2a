-- Writes whole entities that share a slot.
-- KEYS entities
-- ARGV[1] 'insert' (only if absent), 'update' (only if present) or 'upsert'
-- ARGV[2] expiry: milliseconds, 0 = leave it as it is, -1 = none
-- ARGV[3…] values, one per key
-- Reply: per key; 'insert', 'update': 1 if written, else 0; 'upsert': 1 if created, 0 if replaced. WRONGTYPE with the key's position (from 0) if one holds
-- anything but a string; then none was written.
-- O(keys)
local mode = ARGV[1]
local replies = {}
for i = 1, #KEYS do
  local kind = redis.call('TYPE', KEYS[i]).ok
  if kind ~= 'none' and kind ~= 'string' then
    return redis.error_reply('WRONGTYPE ' .. i - 1) end
  replies[i] = kind == 'none' and 1 or 0
end

for i = 1, #KEYS do
  local absent = replies[i]
  if mode == 'upsert' or (mode == 'insert') == (absent == 1) then
    if ARGV[2] == '0' then redis.call('SET', KEYS[i], ARGV[2 + i], 'KEEPTTL')
    elseif ARGV[2] == '-1' then redis.call('SET', KEYS[i], ARGV[2 + i])
    else redis.call('SET', KEYS[i], ARGV[2 + i], 'PX', ARGV[2]) end
    if mode == 'update' then replies[i] = 1 end
  else
    replies[i] = 0
  end
end
return replies
