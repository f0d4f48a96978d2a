-- Marks an id in every period that is now.
-- KEYS per period the segment of the id, shortest first
-- ARGV[1], ARGV[2] see period_current.lua
-- ARGV[3] the id, ARGV[4] size of a segment in bits, ARGV[5] the largest id
-- ARGV[6…] per period when it expires: see there
-- Reply: 1 if it was not marked in the first period, else 0. Nil: see period_current.lua; ask bitmap_mark.lua.
-- O(keys)
--#include "../Periods/period_current.lua"
local bit, missing = ARGV[3] % ARGV[4], {}
for p = 1, #KEYS do
  local was = redis.pcall('GETBIT', KEYS[p], bit)
  if type(was) == 'table' then return false end
  if was == 0 then missing[#missing + 1] = p end
end
if not missing[1] then return 0 end
--#include "bitmap_set_bit.lua"
local id, size, max = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
for _, p in ipairs(missing) do
  set_bit(KEYS[p], id, bit, size, max)
  expire(KEYS[p], ARGV[5 + p])
end
return missing[1] == 1 and 1 or 0
