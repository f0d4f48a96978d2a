-- Adds to the counts of every period that is now, exactly: all of them or none.
-- KEYS the periods of a counter, shortest first
-- ARGV see period_current.lua, then what to add, and the least and the largest count allowed where that is not the range of 64 bits
-- Reply: the count of the first period, as text where a Lua number does not hold it; empty where a sum is not allowed, and nothing is changed. Nil: see period_current.lua; ask
-- counter_increment.lua.
-- O(keys)
--#include "../Periods/period_current.lua"
local periods = #KEYS
local by, least, first = ARGV[periods + 3], ARGV[periods + 4]

-- A sum that is not allowed is looked for before anything is written, so that a refusal is nothing for replicas.
if least then
  local add, exact = tonumber(by), 4503599627370496
  local largest = tonumber(ARGV[periods + 5])
  least = tonumber(least)
  for i = 1, periods do
    local count = redis.pcall('GET', KEYS[i]) or '0'
    local sum = add + (tonumber(count) or 0)
    if sum > exact or sum < -exact or add > exact or add < -exact then return false end
    if sum < least or sum > largest then return type(count) == 'string' and (count == '0' or string.find(count, '^-?[1-9]%d*$')) and '' end
  end
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
