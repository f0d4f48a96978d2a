-- Marks an id in every period that is now.
-- KEYS per period the segment of the id, shortest first
-- ARGV see period_current.lua, then the id's bit, and how many bytes a segment may have, with a minus where it is made in that size at once
-- Reply: 1 if it was not marked in the first period, else 0. Nil: see period_current.lua; ask bitmap_mark.lua.
-- O(keys)
--#include "../Periods/period_current.lua"
local periods = #KEYS
local bit, missing = ARGV[periods + 3]
for i = 1, periods do
  local was = redis.pcall('GETBIT', KEYS[i], bit)
  if was ~= 1 then
    if was ~= 0 then return false end
    missing = missing or {}
    missing[i] = true
  end
end
if not missing then return 0 end
--#include "bitmap_set_bit.lua"
local full = tonumber(ARGV[periods + 4])
for i = 1, periods do
  local key = KEYS[i]
  if missing[i] then
    set_bit(key, bit, full)
--#include "../Periods/period_expire.lua"
  end
end
return missing[1] and 1 or 0
