-- Adds to the counts of every period that is now, exactly: all of them or none.
-- KEYS the periods of a counter, shortest first
-- ARGV see period_current.lua, then what to add; where there are bounds, which is of one period only, the largest count to which it can be added, empty for any, and the least, if
-- there is one. A Lua number holds both exactly, and the counts beside them.
-- Reply: the count of the first period, as text where a Lua number does not hold it; empty where a sum is not allowed, and nothing is changed. Nil: see period_current.lua; ask
-- counter_increment.lua.
-- O(keys)
--#include "../Periods/period_current.lua"
local periods = #KEYS
local by, largest, first = ARGV[periods + 3], ARGV[periods + 4]

-- A sum that is not allowed is looked for before anything is written, so that a refusal is nothing for replicas.
if largest then
  local text, least = redis.pcall('GET', KEYS[1]) or '0', ARGV[periods + 5]
  local count = tonumber(text)
  if not count then return false end
  largest = tonumber(largest)
  if largest and count > largest or least and count < tonumber(least) then return (text == '0' or string.find(text, '^-?[1-9]%d*$')) and '' end
end

for i = 1, periods do
  local sum = redis.pcall('INCRBY', KEYS[i], by)
  if type(sum) == 'table' then
--#include "counter_take_back.lua"
    take_back({ unpack(KEYS, 1, i - 1) }, by)
    return false
  end
  first = first or sum
end
for i = 1, periods do
  local key = KEYS[i]
--#include "../Periods/period_expire.lua"
end
if first <= -9007199254740992 or first >= 9007199254740992 then return redis.call('GET', KEYS[1]) end
return first
