-- Looks a member up.
-- KEYS[1] window; KEYS[2] where ties go by arrival, its companion
-- ARGV[1] member; ARGV[2] 'low' where the lowest score is first
-- Reply: rank from 0, a space, score; nil where it is not there
-- O(log(members of the window))
local stored, rank = ARGV[1]
if KEYS[2] then
  -- As in leaderboard_stored.lua, without its functions.
  local stamp = redis.pcall('HGET', KEYS[2], stored)
  if type(stamp) == 'table' then
--#include "../Scripting/wrong_type.lua"
    return wrong(stamp, 1, 'hash')
  end
  if stamp then stored = stamp .. stored end
end
if ARGV[2] then
  rank = redis.call('ZRANK', KEYS[1], stored)
else
  rank = redis.call('ZREVRANK', KEYS[1], stored)
end
return rank and rank .. ' ' .. redis.call('ZSCORE', KEYS[1], stored)
