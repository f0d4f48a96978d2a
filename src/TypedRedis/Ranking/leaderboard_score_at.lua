-- The score at a percentile, by nearest rank.
-- KEYS[1] window
-- ARGV[1] 'high' or 'low': which score is first
-- ARGV[2] the percentile, in parts of 10,000,000
-- Reply: the score; nil where there is no member
-- O(log(members of the window))
--#include "leaderboard_order.lua"
local whole = 10000000
local count = redis.call('ZCARD', KEYS[1])
if count == 0 then return false end
-- In two parts, of which a Lua number holds each exactly.
local rest = count % whole
local rank = ARGV[2] * ((count - rest) / whole) + math.ceil(ARGV[2] * rest / whole)
local position = math.max(rank, 1) - 1
return range_of(ARGV[1] ~= 'low', KEYS[1], position, position)[2]
