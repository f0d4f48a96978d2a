-- Looks a member up.
-- KEYS[1] window; KEYS[2] where ties go by arrival, its companion
-- ARGV[1] 'high' or 'low': which score is first
-- ARGV[2] member
-- Reply: rank from 0, a space, score; nil where it is not there
-- O(log(members of the window))
local stored, rank = ARGV[2]
if KEYS[2] then
--#include "leaderboard_stored.lua"
  stored = stored_of(stored, KEYS[2])
  if type(stored) == 'table' then return stored end
end
if ARGV[1] == 'low' then
  rank = redis.call('ZRANK', KEYS[1], stored)
else
  rank = redis.call('ZREVRANK', KEYS[1], stored)
end
return rank and rank .. ' ' .. redis.call('ZSCORE', KEYS[1], stored)
