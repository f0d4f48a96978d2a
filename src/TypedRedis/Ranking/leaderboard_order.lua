-- Ranks from 0 on. low: whether the lowest score is first.

-- The rank of a member, or false.
local function rank_of(low, key, stored)
  if low then return redis.call('ZRANK', key, stored) end
  return redis.call('ZREVRANK', key, stored)
end

-- The members of some ranks, both included, and their scores by turns.
local function range_of(low, key, from, to)
  if low then return redis.call('ZRANGE', key, from, to, 'WITHSCORES') end
  return redis.call('ZREVRANGE', key, from, to, 'WITHSCORES')
end
