-- Sends a beat over the channel of the invalidations, unless one was sent just now. Whoever has received it has received all that was sent before.
--
-- KEYS[1]  the count of beats
-- ARGV[1]  the channel
-- ARGV[2]  the least time between two beats, in milliseconds
-- ARGV[3]  the name of a new count, where there is none
--
-- Reply: {the name of the count, the number of the beat that proves that messages sent before this call were received, µs of the server's clock}. O(1).
local t = redis.call('TIME')
local ms = t[1] * 1000 + math.floor(t[2] / 1000)
local h = redis.call('HMGET', KEYS[1], 'name', 'number', 'sent')
local name, number, sent = h[1] or ARGV[3], tonumber(h[2] or 0), tonumber(h[3] or 0)
local next = number + 1
if ms - sent >= tonumber(ARGV[2]) or ms < sent then
  redis.call('HSET', KEYS[1], 'name', name, 'number', next, 'sent', string.format('%.0f', ms))
  redis.call('PEXPIRE', KEYS[1], 600000)
  redis.call('PUBLISH', ARGV[1], 'B' .. name .. ':' .. next)
end
return {name, next, string.format('%.0f', t[1] * 1000000 + t[2])}
