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

-- A member as it stands in the window: behind its stamp, where there is a companion, which is KEYS[2]. The error to reply where that is none.
local function stored_of(member, companion)
  if not companion then return member end
  local reply = redis.pcall('HGET', companion, member)
  if type(reply) == 'table' then return string.find(reply.err, 'WRONGTYPE', 1, true) and redis.error_reply('WRONGTYPE 1 hash') or reply end
  return (reply or '') .. member
end
