-- Deletes periods of a slot.
-- KEYS periods
-- ARGV[1] the type that they must have
-- Reply: how many there were. WRONGTYPE with the key's position (from 0) if one holds anything else; then none is deleted.
-- O(keys); the memory is freed in the background.
for i = 1, #KEYS do
  local kind = redis.call('TYPE', KEYS[i]).ok
  if kind ~= 'none' and kind ~= ARGV[1] then return redis.error_reply('WRONGTYPE ' .. i - 1) end
end
return redis.call('UNLINK', unpack(KEYS))
