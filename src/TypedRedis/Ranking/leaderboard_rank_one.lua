-- Looks a member up on a board without ties by arrival.
-- KEYS[1] window
-- ARGV[1] 'high' or 'low': which score is first
-- ARGV[2] member
-- Reply: rank from 0, a space, score; nil where it is not there
-- O(log(members of the window))
local rank
if ARGV[1] == 'low' then
  rank = redis.call('ZRANK', KEYS[1], ARGV[2])
else
  rank = redis.call('ZREVRANK', KEYS[1], ARGV[2])
end
return rank and rank .. ' ' .. redis.call('ZSCORE', KEYS[1], ARGV[2])
