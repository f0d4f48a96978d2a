-- A member with those before and behind it.
-- KEYS[1] window; KEYS[2] where ties go by arrival, its companion
-- ARGV[1] 'high' or 'low': which score is first
-- ARGV[2] member
-- ARGV[3] how many before and how many behind it
-- Reply: the rank of the first from 0, and members and scores by turns; empty where the member is not there
-- O(log(members of the window) + members of the reply)
--#include "leaderboard_order.lua"
--#include "leaderboard_stored.lua"
local stored = stored_of(ARGV[2], KEYS[2])
if type(stored) == 'table' then return stored end
local low = ARGV[1] == 'low'
local rank = rank_of(low, KEYS[1], stored)
if not rank then return {} end
local from = math.max(0, rank - ARGV[3])
return { from, range_of(low, KEYS[1], from, rank + ARGV[3]) }
