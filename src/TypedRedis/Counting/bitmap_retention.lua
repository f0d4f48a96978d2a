-- Counts the bits of a segment, and those of them that are set in others.
-- KEYS[1] scratch, KEYS[2] segment of the cohort, KEYS[3…] the same segment of other periods of a slot
-- Reply: how many are in the cohort, then per other period how many of them. WRONGTYPE with the key's position (from 0) if one holds anything but a string.
-- O(bytes)
--#include "bitmap_scratch.lua"
local counts, lengths = {}, {}
for i = 2, #KEYS do
  local length, problem = length_of(i)
  if not length then return problem end
  lengths[i] = length
end
counts[1] = redis.call('BITCOUNT', KEYS[2])
for i = 3, #KEYS do
  counts[i - 1] = 0
  if counts[1] > 0 and lengths[i] > 0 then
    redis.call('BITOP', 'AND', KEYS[1], KEYS[2], KEYS[i])
    counts[i - 1] = redis.call('BITCOUNT', KEYS[1])
  end
end
redis.call('UNLINK', KEYS[1])
return counts
