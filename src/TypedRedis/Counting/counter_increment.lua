-- Adds to the count of every period of a time, exactly; an absent one counts as 0 and is made.
-- KEYS periods, shortest first
-- ARGV[1] to ARGV[3] now, low, high: see period_now.lua
-- ARGV[4] what to add
-- ARGV[5], ARGV[6] the least and the largest count allowed; both empty where the range of 64 bits is
-- ARGV[7…] per key, until when it stays, in Unix milliseconds; 0 = for ever. One that is over is left out.
-- Reply: { 0, now } where the periods are not those of the server's time; { 1, count } with the count of the first as text, 0 where it is left out;
-- { 2, key, value } where the sum of a key (from 1) is not allowed; { 3, key, value } where it holds no integer. WRONGTYPE with the key's position (from 0) if one
-- holds anything but a string. Nothing is changed but by 1.
-- O(keys)
--#include "../Periods/period_now.lua"
--#include "../Scripting/integer.lua"
local now, right = period_now(ARGV[1], ARGV[2], ARGV[3])
if not right then return { 0, now } end
local bounded = ARGV[5] ~= ''
local before = (bounded or #KEYS > 1) and redis.call('MGET', unpack(KEYS))

local function kept(i)
  local stays = ARGV[6 + i]
  return stays == '0' or tonumber(stays) > now
end

-- Takes back what was added to the keys up to one, and replies what became of that.
local function refuse(kind, i, changed)
  for j = 1, changed do
    if kept(j) then
      if before[j] then redis.call('SET', KEYS[j], before[j], 'KEEPTTL') else redis.call('DEL', KEYS[j]) end
    end
  end
  return { kind, i, string.sub(redis.call('GET', KEYS[i]) or '0', 1, 128) }
end

local first = '0'
for i = 1, #KEYS do
  if kept(i) then
    local sum = redis.pcall('INCRBY', KEYS[i], ARGV[4])
    if type(sum) == 'table' then
      if string.find(sum.err, 'overflow', 1, true) then return refuse(2, i, i - 1) end
      if string.find(sum.err, 'not an integer', 1, true) then return refuse(3, i, i - 1) end
      if i > 1 then refuse(0, 1, i - 1) end
      return string.find(sum.err, 'WRONGTYPE', 1, true) and redis.error_reply('WRONGTYPE ' .. i - 1) or sum
    end
    local text = math.abs(sum) < 9007199254740992 and string.format('%.0f', sum) or redis.call('GET', KEYS[i])
    if bounded and (less(text, ARGV[5]) or less(ARGV[6], text)) then return refuse(2, i, i) end
    if i == 1 then first = text end
  end
end
for i = 1, #KEYS do
  if kept(i) then expire_at(KEYS[i], ARGV[6 + i], now) end
end
return { 1, first }
