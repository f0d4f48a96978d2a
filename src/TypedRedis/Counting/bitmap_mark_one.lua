-- Marks an id in every period that is now.
-- KEYS per period the segment of the id, shortest first
-- ARGV see period_current.lua, then the id's bit, and, where a segment with that bit has its full size, how many bytes that is
-- Reply: 1 if it was not marked in the first period, else 0. Nil: see period_current.lua; ask bitmap_mark.lua.
-- O(keys)
--#include "../Periods/period_current.lua"
local periods, fresh = #KEYS, 0
local bit, full, missing = ARGV[periods + 3], ARGV[periods + 4]
for i = 1, periods do
  local was = redis.pcall('GETBIT', KEYS[i], bit)
  if was == 0 then
    if i == 1 then
      fresh = 1
    else
      missing = missing or {}
      missing[i] = true
    end
  elseif was ~= 1 then
    return false
  end
end
for i = 1, periods do
  if i == 1 and fresh == 1 or missing and missing[i] then
    local key = KEYS[i]
--#include "bitmap_set_bit.lua"
--#include "../Periods/period_expire.lua"
  end
end
return fresh
