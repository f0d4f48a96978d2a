-- Adds a member to the sketches of every period that is now.
-- KEYS the periods
-- ARGV[1], ARGV[2] see period_current.lua
-- ARGV[3] the member
-- ARGV[4…] per period when it expires: see there
-- Reply: how many estimates changed. Nil: see period_current.lua; ask unique_add.lua.
-- O(keys)
--#include "../Periods/period_current.lua"
-- Of one key, PFADD says it itself.
for i = 1, #KEYS > 1 and #KEYS or 0 do
  local head = redis.pcall('GETRANGE', KEYS[i], 0, 3)
  if head ~= 'HYLL' and (head ~= '' or redis.call('EXISTS', KEYS[i]) == 1) then return false end
end

local changed = 0
for i = 1, #KEYS do
  local added = redis.pcall('PFADD', KEYS[i], ARGV[3])
  if type(added) == 'table' then
    if i > 1 then return added end
    return false
  end
  if added == 1 then
    expire(KEYS[i], ARGV[3 + i])
    changed = changed + 1
  end
end
return changed
