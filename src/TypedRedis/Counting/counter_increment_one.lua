-- Adds to the counts of every period that is now, exactly: all of them or none.
-- KEYS the periods of a counter, shortest first
-- ARGV[1], ARGV[2] see period_current.lua
-- ARGV[3] what to add
-- ARGV[4], ARGV[5] the least and the largest count allowed; both empty where the range of 64 bits is
-- ARGV[6…] per period when it expires: see there
-- Reply: the count of the first period, as text where a Lua number does not hold it; empty where a sum is not allowed, and nothing is changed. Nil: see period_current.lua; ask
-- counter_increment.lua.
-- O(keys)
--#include "../Periods/period_current.lua"
--#include "counter_take_back.lua"
local by, first = ARGV[3]

-- A sum that is not allowed is looked for before anything is written, so that a refusal is nothing for replicas.
if ARGV[4] ~= '' then
  local add, least, largest = tonumber(by), tonumber(ARGV[4]), tonumber(ARGV[5])
  for i = 1, #KEYS do
    local count = redis.pcall('GET', KEYS[i]) or '0'
    local sum = add + (tonumber(count) or 0)
    if math.abs(sum) + math.abs(add) >= 9007199254740992 then return false end
    if sum < least or sum > largest then return type(count) == 'string' and (count == '0' or string.find(count, '^-?[1-9]%d*$')) and '' end
  end
end

for i = 1, #KEYS do
  local sum = redis.pcall('INCRBY', KEYS[i], by)
  if type(sum) == 'table' then
    take_back({ unpack(KEYS, 1, i - 1) }, by)
    return false
  end
  if i == 1 then first = sum end
end
for i = 1, #KEYS do
  expire(KEYS[i], ARGV[5 + i])
end
if first <= -9007199254740992 or first >= 9007199254740992 then return redis.call('GET', KEYS[1]) end
return first
