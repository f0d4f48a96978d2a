-- Counts what is in a queue.
--
-- KEYS[1]  the pending writes, by key
-- KEYS[2]  their schedule
-- KEYS[3]  since when they are pending
-- KEYS[4]  the dead letters, by key
--
-- Reply: {pending, leased, to be tried again, the age of the oldest in milliseconds, dead letters}. O(log(pending writes)).
local again, leased = 35184372088832, 70368744177664
local t = redis.call('TIME')
local ms = t[1] * 1000 + math.floor(t[2] / 1000)
local oldest = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
local age = 0
if oldest[2] then
  age = math.max(0, ms - oldest[2])
end
return {
  redis.call('HLEN', KEYS[1]),
  redis.call('ZCOUNT', KEYS[2], string.format('%.0f', leased), '+inf'),
  redis.call('ZCOUNT', KEYS[2], string.format('%.0f', again), string.format('(%.0f', leased)),
  age,
  redis.call('HLEN', KEYS[4])
}
