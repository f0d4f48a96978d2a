-- Marks members in every period of a time, and numbers those that have no number yet.
-- KEYS[1] numbers of members, KEYS[2] the number that is next
-- KEYS[3…] per period, shortest first, its declared segments
-- ARGV[1] to ARGV[3] now, low, high: see period_now.lua
-- ARGV[4] size of a segment in bits, ARGV[5] the largest number
-- ARGV[6] how many periods, ARGV[7] how many declared segments
-- ARGV[8] until when the last of the periods stays: so long stay the numbers; 0 = for ever
-- then per period until when it stays, in Unix milliseconds; 0 = for ever. One that is over is left out
-- then the declared segments, then the members, each once
-- Reply: { 0, now } where the periods are not those of the server's time; { 1, … } per member 1 if it was not marked in the first period, 0 if it was, -1 - segment if it
-- is not marked now because its segment is not declared; { 2 } where not all members get numbers; { 3, key } where a key (from 0) is no hash. WRONGTYPE with the key's
-- position (from 0) if another holds anything but a string. Nothing is changed but by 1, and numbers that were given stay.
-- O(members · periods)
--#include "../Periods/period_now.lua"
--#include "bitmap_set.lua"
local now, right = period_now(ARGV[1], ARGV[2], ARGV[3])
if not right then return { 0, now } end
local size, max, periods, count = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local start = 8 + periods + count
local total = #ARGV - start
if ARGV[8] ~= '0' and tonumber(ARGV[8]) <= now then
  local none = { 1 }
  for i = 1, total do none[i + 1] = 0 end
  return none
end

local kinds = {}
for i = 1, 2 do
  kinds[i] = redis.call('TYPE', KEYS[i]).ok
  if kinds[i] ~= 'none' and kinds[i] ~= 'hash' then return { 3, i - 1 } end
end
local numbers, strangers = {}, {}
for i = 1, total do
  local number = redis.call('HGET', KEYS[1], ARGV[start + i])
  if number then numbers[i] = tonumber(number) else strangers[#strangers + 1] = i end
end
if #strangers > 0 then
  local next = tonumber(redis.call('HGET', KEYS[2], 'next') or '0')
  if next + #strangers > max + 1 then return { 2 } end
  for i, stranger in ipairs(strangers) do numbers[stranger] = next + i - 1 end
end

local place = segments_of(9 + periods, count, size)
local fresh, changed = mark(numbers, total, now, 3, periods, count, 9, place, size, max)
if fresh.err then return fresh end
for _, i in ipairs(strangers) do redis.call('HSET', KEYS[1], ARGV[start + i], string.format('%.0f', numbers[i])) end
if #strangers > 0 then redis.call('HINCRBY', KEYS[2], 'next', #strangers) end
-- Numbers stay as long as the last bit. Without an expiry they are those of bits that stay for ever.
if changed or #strangers > 0 then
  for i = 1, 2 do
    if ARGV[8] == '0' then
      redis.call('PERSIST', KEYS[i])
    else
      local left = redis.call('PTTL', KEYS[i])
      if kinds[i] == 'none' or left >= 0 and left < ARGV[8] - now then expire_at(KEYS[i], ARGV[8], now) end
    end
  end
end
for i = 1, total do
  if not place(numbers[i]) then fresh[i] = -1 - math.floor(numbers[i] / size) end
end
table.insert(fresh, 1, 1)
return fresh
