-- Adds to the counts of every period of a time, exactly; an absent one counts as 0 and is made. Each counter by itself: all of its periods or none.
-- KEYS per counter its periods, shortest first
-- ARGV[1] to ARGV[3] now, low, high: see period_now.lua
-- ARGV[4], ARGV[5] the least and the largest count allowed; both empty where the range of 64 bits is
-- ARGV[6] how many periods a counter has
-- then per period until when it stays, in Unix milliseconds; 0 = for ever. One that is over is left out
-- then per counter what to add
-- Reply: { 0, now } where the periods are not those of the server's time, and nothing is changed; else 1, and per counter the count of the first period, as text where a Lua
-- number does not hold it, 0 where it is left out. Where a counter is not changed, 2 instead of 1, and per counter { count }, or { 2, period, value } where the sum of a
-- period (from 1) is not allowed, or { 3, period, value } where it is no integer. WRONGTYPE with the key's position (from 0) if one holds anything but a string; then the
-- counters behind it are not changed either.
-- O(keys)
--#include "../Periods/period_now.lua"
--#include "../Scripting/integer.lua"
--#include "counter_take_back.lua"
local now, right = period_now(ARGV[1], ARGV[2], ARGV[3])
if not right then return { 0, now } end
local call, pcall = redis.call, redis.pcall
local periods, least, largest = tonumber(ARGV[6]), tonumber(ARGV[4]), tonumber(ARGV[5])

-- A period is over only at a time of the caller's choice.
local chosen = ARGV[2] == ''
local function is_over(i)
  local stays = ARGV[6 + i]
  return stays ~= '0' and tonumber(stays) <= now
end

-- A sum that is not allowed, looked for before anything is written, so that a refusal is nothing for replicas. Only as far as Lua numbers do: what is missed here is taken back.
local function first_outside(start, by)
  local counts, add = call('MGET', unpack(KEYS, start + 1, start + periods)), tonumber(by)
  for i = 1, periods do
    local count = counts[i] or '0'
    local sum = add + (tonumber(count) or 0)
    if (sum < least or sum > largest) and math.abs(sum) + math.abs(add) < 9007199254740992 and not (chosen and is_over(i)) and (count == '0' or string.find(count, '^-?[1-9]%d*$')) then return i end
  end
end

-- Adds to a counter. Returns the count of the first period; or nil, the period that stands against it, how many were changed, and the error if it is one.
local function add(start, by)
  local first = 0
  if least then
    local outside = first_outside(start, by)
    if outside then return nil, outside, 0 end
  end
  for i = 1, periods do
    if not (chosen and is_over(i)) then
      local key = KEYS[start + i]
      local sum = pcall('INCRBY', key, by)
      if type(sum) == 'table' then return nil, i, i - 1, sum.err end
      if sum <= -9007199254740992 or sum >= 9007199254740992 then
        sum = call('GET', key)
        if least and (less(sum, ARGV[4]) or less(ARGV[5], sum)) then return nil, i, i end
      elseif least and (sum < least or sum > largest) then
        return nil, i, i
      end
      if i == 1 then first = sum end
    end
  end
  for i = 1, periods do
    if not (chosen and is_over(i)) then expire_at(KEYS[start + i], ARGV[6 + i], now) end
  end
  return first
end

local reply, refused = { 1 }, {}
for c = 1, #KEYS / periods do
  local start, by = (c - 1) * periods, ARGV[6 + periods + c]
  local count, i, changed, error = add(start, by)
  if not count then
    local added = {}
    for k = 1, changed do
      if not (chosen and is_over(k)) then added[#added + 1] = KEYS[start + k] end
    end
    take_back(added, by)
    local kind = 2
    if error and string.find(error, 'WRONGTYPE', 1, true) then return redis.error_reply('WRONGTYPE ' .. start + i - 1) end
    if error and string.find(error, 'not an integer', 1, true) then
      kind = 3
    elseif error and not string.find(error, 'overflow', 1, true) then
      return { err = error }
    end
    count = { kind, i, string.sub(call('GET', KEYS[start + i]) or '0', 1, 128) }
    refused[c] = true
  end
  reply[c + 1] = count
end

-- One shape for all counters, where one is refused.
if next(refused) then
  reply[1] = 2
  for c = 2, #reply do
    if not refused[c - 1] then reply[c] = { reply[c] } end
  end
end
return reply
