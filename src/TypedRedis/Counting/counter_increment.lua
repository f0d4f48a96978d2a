-- Adds to the counts of every period of a time, exactly; an absent one counts as 0 and is made. Each counter by itself: all of its periods or none.
-- KEYS per counter its periods, shortest first
-- ARGV[1] to ARGV[3] now, low, high: see period_now.lua
-- ARGV[4], ARGV[5] the least and the largest count allowed; both empty where the range of 64 bits is
-- ARGV[6] how many periods a counter has
-- then per period until when it stays, in Unix milliseconds; 0 = for ever. One that is over is left out
-- then per counter what to add
-- Reply: { 0, now } where the periods are not those of the server's time, and nothing is changed; else 1, and per counter { count } of the first period, as text where a
-- Lua number does not hold it, 0 where it is left out; or, where the counter is not changed, { 2, period, value } where the sum of a period (from 1) is not allowed,
-- { 3, period, value } where it is no integer. WRONGTYPE with the key's position (from 0) if one holds anything but a string; then the counters behind it are not changed
-- either.
-- O(keys)
--#include "../Periods/period_now.lua"
--#include "../Scripting/integer.lua"
local now, right = period_now(ARGV[1], ARGV[2], ARGV[3])
if not right then return { 0, now } end
local bounded, periods = ARGV[4] ~= '', tonumber(ARGV[6])
local kept, left = {}, {}
for i = 1, periods do
  local stays = ARGV[6 + i]
  kept[i] = stays == '0' or tonumber(stays) > now
  left[i] = stays ~= '0' and string.format('%.0f', stays - now)
end

-- Takes back what was added to periods up to one, and tells what stands in another.
local function refuse(kind, start, i, before, changed)
  for j = 1, changed do
    local key = start + j
    if kept[j] then
      if before[j] then redis.call('SET', KEYS[key], before[j], 'KEEPTTL') else redis.call('DEL', KEYS[key]) end
    end
  end
  return { kind, i, string.sub(redis.call('GET', KEYS[start + i]) or '0', 1, 128) }
end

local function add(start, by)
  local before, first = {}, 0
  if bounded or periods > 1 then before = redis.call('MGET', unpack(KEYS, start + 1, start + periods)) end
  for i = 1, periods do
    if kept[i] then
      local sum = redis.pcall('INCRBY', KEYS[start + i], by)
      if type(sum) == 'table' then
        if string.find(sum.err, 'overflow', 1, true) then return refuse(2, start, i, before, i - 1) end
        if string.find(sum.err, 'not an integer', 1, true) then return refuse(3, start, i, before, i - 1) end
        if i > 1 then refuse(0, start, 1, before, i - 1) end
        return nil, string.find(sum.err, 'WRONGTYPE', 1, true) and redis.error_reply('WRONGTYPE ' .. start + i - 1) or sum
      end
      if math.abs(sum) >= 9007199254740992 then sum = redis.call('GET', KEYS[start + i]) end
      if bounded then
        local text = type(sum) == 'number' and string.format('%.0f', sum) or sum
        if less(text, ARGV[4]) or less(ARGV[5], text) then return refuse(2, start, i, before, i) end
      end
      if i == 1 then first = sum end
    end
  end
  for i = 1, periods do
    if kept[i] and left[i] then redis.call('PEXPIRE', KEYS[start + i], left[i]) end
  end
  return { first }
end

local reply = { 1 }
for i = 1, #KEYS / periods do
  local done, problem = add((i - 1) * periods, ARGV[6 + periods + i])
  if not done then return problem end
  reply[i + 1] = done
end
return reply
