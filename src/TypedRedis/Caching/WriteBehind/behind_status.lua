-- Counts what is in a queue.
--
-- KEYS[1]  the pending writes, by key
-- KEYS[2]  their schedule
-- KEYS[3]  since when they are pending
-- KEYS[4]  the dead letters, by key
--
-- Reply: {pending, leased, to be tried again, the age of the oldest in milliseconds, dead letters, for how many milliseconds writes have been due that nobody has taken}. O(log(pending writes)).
local again, leased = 35184372088832, 70368744177664
local t = redis.call('TIME')
local ms = t[1] * 1000 + math.floor(t[2] / 1000)
local oldest = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
local age = 0
if oldest[2] then
  age = math.max(0, ms - oldest[2])
end
local overdue = 0
for i, low in ipairs({0, again, leased}) do
  local high = ({string.format('(%.0f', again), string.format('(%.0f', leased), '+inf'})[i]
  local first = redis.call('ZRANGEBYSCORE', KEYS[2], string.format('%.0f', low), high, 'WITHSCORES', 'LIMIT', 0, 1)
  if first[2] then
    overdue = math.max(overdue, ms + low - first[2])
  end
end
return {
  redis.call('HLEN', KEYS[1]),
  redis.call('ZCOUNT', KEYS[2], string.format('%.0f', leased), '+inf'),
  redis.call('ZCOUNT', KEYS[2], string.format('%.0f', again), string.format('(%.0f', leased)),
  age,
  redis.call('HLEN', KEYS[4]),
  overdue
}
