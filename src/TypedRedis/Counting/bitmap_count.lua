-- Counts bits.
-- KEYS segments of a slot
-- ARGV[1] how many of them, one behind the other, are counted as one; without it all of them are
-- Reply: per that many how many bits are set; without ARGV[1] one number. WRONGTYPE with the key's position (from 0) if one holds anything but a string.
-- O(bytes)
local counts, sum, together = ARGV[1] and {}, 0, tonumber(ARGV[1] or 0)
for i = 1, #KEYS do
  local count = redis.pcall('BITCOUNT', KEYS[i])
  if type(count) == 'table' then
    return string.find(count.err, 'WRONGTYPE', 1, true) and redis.error_reply('WRONGTYPE ' .. i - 1) or count
  end
  sum = sum + count
  if counts and i % together == 0 then
    counts[i / together], sum = sum, 0
  end
end
return counts or sum
