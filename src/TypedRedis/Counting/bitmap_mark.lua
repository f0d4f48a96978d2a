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
local ids = {}
for i = start + 1, #ARGV do ids[i - start] = tonumber(ARGV[i]) end
local fresh = mark(ids, #ids, now, 1, periods, count, 8, segments_of(8 + periods, count, size), size, max)
if fresh.err then return fresh end
table.insert(fresh, 1, 1)
return fresh
