-- Adds a member to the sketches of every period that is now.
-- KEYS the periods
-- ARGV see period_current.lua, then the member
-- Reply: how many estimates changed. Nil: see period_current.lua; ask unique_add.lua.
-- O(keys)
--#include "../Periods/period_current.lua"
local periods = #KEYS
-- Of one key, PFADD says it itself.
for i = 1, periods > 1 and periods or 0 do
  local head = redis.pcall('GETRANGE', KEYS[i], '0', '3')
  if head ~= 'HYLL' and (head ~= '' or redis.call('EXISTS', KEYS[i]) == 1) then return false end
end

local changed = 0
for i = 1, periods do
  local key = KEYS[i]
  local added = redis.pcall('PFADD', key, ARGV[periods + 3])
  if type(added) == 'table' then
    if i > 1 then return added end
    return false
  end
  if added == 1 then
--#include "../Periods/period_expire.lua"
    changed = changed + 1
  end
end
return changed
