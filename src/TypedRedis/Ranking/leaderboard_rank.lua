-- Looks members up.
-- KEYS[1] window; KEYS[2] where ties go by arrival, its companion
-- ARGV[1] 'high' or 'low': which score is first
-- ARGV[2…] members
-- Reply: per member rank from 0 and score, both nil where it is not there
-- O(members * log(members of the window))
--#include "leaderboard_order.lua"
--#include "leaderboard_stored.lua"
local replies = {}
for i = 2, #ARGV do
  local stored = stored_of(ARGV[i], KEYS[2])
  if type(stored) == 'table' then return stored end
  local rank = rank_of(ARGV[1] == 'low', KEYS[1], stored)
  replies[2 * i - 3] = rank
  replies[2 * i - 2] = rank and redis.call('ZSCORE', KEYS[1], stored)
end
return replies
