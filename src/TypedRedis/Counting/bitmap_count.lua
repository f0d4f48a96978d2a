-- Counts bits.
-- KEYS segments of a slot
-- Reply: per key how many bits are set. WRONGTYPE with the key's position (from 0) if one holds anything but a string.
-- O(bytes)
local counts = {}
for i = 1, #KEYS do
  local count = redis.pcall('BITCOUNT', KEYS[i])
  if type(count) == 'table' then
    return string.find(count.err, 'WRONGTYPE', 1, true) and redis.error_reply('WRONGTYPE ' .. i - 1) or count
  end
  counts[i] = count
end
return counts
