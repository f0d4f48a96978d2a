-- Clears a bit.
-- KEYS segments of a slot
-- ARGV[1] the bit
-- Reply: in how many it was set. WRONGTYPE with the key's position (from 0) if one holds anything but a string; then those before it are cleared.
-- O(keys)
local cleared = 0
for i = 1, #KEYS do
  local was = redis.pcall('GETBIT', KEYS[i], ARGV[1])
  if type(was) == 'table' then
    return string.find(was.err, 'WRONGTYPE', 1, true) and redis.error_reply('WRONGTYPE ' .. i - 1) or was
  end
  if was == 1 then
    redis.call('SETBIT', KEYS[i], ARGV[1], 0)
    cleared = cleared + 1
  end
end
return cleared
