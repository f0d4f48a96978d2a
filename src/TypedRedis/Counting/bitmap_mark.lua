-- Marks ids in every period of a time.
-- KEYS per period, shortest first, its declared segments
-- ARGV[1] to ARGV[3] now, low, high: see period_now.lua
-- ARGV[4] size of a segment in bits, ARGV[5] the largest id
-- ARGV[6] how many periods, ARGV[7] how many declared segments
-- then per period until when it stays, in Unix milliseconds; 0 = for ever. One that is over is left out
-- then the declared segments, then the ids, each once
-- Reply: { 0, now } where the periods are not those of the server's time, and nothing is changed; else 1, and per id 1 if it was not marked in the first period, else 0.
-- WRONGTYPE with the key's position (from 0) if one holds anything but a string; then nothing is changed.
-- O(ids · periods)
--#include "../Periods/period_now.lua"
--#include "bitmap_set.lua"
local now, right = period_now(ARGV[1], ARGV[2], ARGV[3])
if not right then return { 0, now } end
local size, max, periods, count = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local start = 7 + periods + count

-- What is asked most: one id, whose segment is the one that is declared.
if count == 1 and #ARGV == start + 1 then
  local number = tonumber(ARGV[start + 1])
  local bit, missing, fresh = number % size, {}, 0
  for p = 1, periods do
    local stays = ARGV[7 + p]
    if ARGV[2] ~= '' or stays == '0' or tonumber(stays) > now then
      local was = redis.pcall('GETBIT', KEYS[p], bit)
      if type(was) == 'table' then return wrong(was, p - 1) end
      if was == 0 then
        missing[p] = stays
        if p == 1 then fresh = 1 end
      end
    end
  end
  for p, stays in pairs(missing) do
    set_bit(KEYS[p], number, bit, size, max)
    expire_at(KEYS[p], stays, now)
  end
  return { 1, fresh }
end

local ids = {}
for i = start + 1, #ARGV do ids[i - start] = tonumber(ARGV[i]) end
local fresh = mark(ids, #ids, now, 1, periods, count, 8, segments_of(8 + periods, count, size), size, max)
if fresh.err then return fresh end
table.insert(fresh, 1, 1)
return fresh
