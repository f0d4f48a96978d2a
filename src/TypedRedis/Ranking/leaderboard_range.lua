-- A page of the members whose scores are in a range. By rank: LIMIT of ZRANGEBYSCORE would walk over all that are skipped.
-- KEYS[1] window
-- ARGV[1] 'high' or 'low': which score is first
-- ARGV[2], ARGV[3] the least and the largest score, as ZCOUNT takes them, both included
-- ARGV[4] how many are skipped, ARGV[5] how many are read
-- Reply: the rank of the first from 0, and members and scores by turns
-- O(log(members of the window) + members of the reply)
--#include "leaderboard_order.lua"
local low = ARGV[1] == 'low'
local inside = redis.call('ZCOUNT', KEYS[1], ARGV[2], ARGV[3])
local before = low and redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. ARGV[2]) or not low and redis.call('ZCOUNT', KEYS[1], '(' .. ARGV[3], '+inf')
local from = before + ARGV[4]
local count = math.min(tonumber(ARGV[5]), inside - ARGV[4])
if count <= 0 then return {} end
return { from, range_of(low, KEYS[1], from, from + count - 1) }
