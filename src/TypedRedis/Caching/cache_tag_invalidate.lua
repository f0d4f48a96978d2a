-- Invalidates a tag, or everything.
--
-- KEYS[1]  the log: a sorted set of tags by the time of their last invalidation, with ~clock and ~floor
-- ARGV[1]  the tag's 8 bytes; empty for everything
-- ARGV[2]  the channel
-- ARGV[3]  for how long invalidations are remembered, in microseconds: longer than any entry lives
--
-- Reply: the time of the invalidation in µs, which entries that are loaded from now on have. O(log(tags) + tags forgotten).
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local clock = tonumber(redis.call('ZSCORE', KEYS[1], '~clock') or 0)
local floor = redis.call('ZSCORE', KEYS[1], '~floor')
clock = math.max(now, clock + 1)
local all = ARGV[1] == '' or not floor
if all then
  floor = clock
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '+inf')
else
  floor = tonumber(floor)
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('(%.0f', now - ARGV[3]))
  redis.call('ZADD', KEYS[1], string.format('%.0f', clock), ARGV[1])
end
redis.call('ZADD', KEYS[1], string.format('%.0f', clock), '~clock', string.format('%.0f', floor), '~floor')
redis.call('PUBLISH', ARGV[2], (all and 'C' or 'T' .. ARGV[1]) .. struct.pack('<I8', clock))
return string.format('%.0f', clock)
