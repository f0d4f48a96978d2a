-- Reads which tags were invalidated since a time, and makes the log where there is none: then everything that was stored before counts as invalidated.
--
-- KEYS[1]  the log: a sorted set of tags by the time of their last invalidation, with ~clock and ~floor
-- ARGV[1]  the time
--
-- Reply: {µs of the server's clock, clock, floor, tag, time, tag, time, …}. O(log(tags) + tags returned).
local t = redis.call('TIME')
local now = string.format('%.0f', t[1] * 1000000 + t[2])
local clock = redis.call('ZSCORE', KEYS[1], '~clock')
local floor = redis.call('ZSCORE', KEYS[1], '~floor')
if not clock or not floor then
  clock, floor = now, now
  redis.call('ZADD', KEYS[1], clock, '~clock', floor, '~floor')
end
local reply = {now, string.format('%.0f', tonumber(clock)), string.format('%.0f', tonumber(floor))}
local found = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf', 'WITHSCORES')
for i = 1, #found, 2 do
  if #found[i] == 8 then
    reply[#reply + 1] = found[i]
    reply[#reply + 1] = string.format('%.0f', tonumber(found[i + 1]))
  end
end
return reply
