-- Reads which tags were invalidated since a time, at most a number of them, and makes the log where there is none: then everything that was stored before counts as invalidated.
--
-- KEYS[1]  the log: a sorted set of tags by the time of their last invalidation, with ~clock and ~floor
-- ARGV[1]  the time
-- ARGV[2]  how many
--
-- Reply: {µs of the server's clock, up to when the reply is complete, floor, 1 where there are more, tag, time, tag, time, …}. O(log(tags) + tags returned).
local t = redis.call('TIME')
local now = string.format('%.0f', t[1] * 1000000 + t[2])
local clock = redis.call('ZSCORE', KEYS[1], '~clock')
local floor = redis.call('ZSCORE', KEYS[1], '~floor')
if not clock or not floor then
  clock, floor = now, now
  redis.call('ZADD', KEYS[1], clock, '~clock', floor, '~floor')
end
local reply = {now, string.format('%.0f', tonumber(clock)), string.format('%.0f', tonumber(floor)), 0}
local found = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])
for i = 1, #found, 2 do
  if #found[i] == 8 then
    reply[#reply + 1] = found[i]
    reply[#reply + 1] = string.format('%.0f', tonumber(found[i + 1]))
  end
end
if #found >= 2 * ARGV[2] then
  -- ~clock and ~floor have the time of a tag, which may be left behind them.
  local last = string.format('%.0f', tonumber(found[#found]))
  for _, tag in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], last, last)) do
    if #tag == 8 then
      reply[#reply + 1] = tag
      reply[#reply + 1] = last
    end
  end
  reply[2], reply[4] = last, 1
end
return reply
