-- Notes which entries have a tag, so that their memory can be freed with it.
--
-- KEYS[1]  the index of the tag: a sorted set of keys by the time at which their entries end
-- ARGV     how long an entry is kept, in milliseconds, and its key; again and again
--
-- Reply: nothing. O((entries + those that have ended, at most 1,000) * log(entries of the tag)).
local t = redis.call('TIME')
local ms = t[1] * 1000 + math.floor(t[2] / 1000)
local ended = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', ms), 'LIMIT', 0, 1000)
if #ended > 0 then
  redis.call('ZREM', KEYS[1], unpack(ended))
end
local longest = redis.call('PTTL', KEYS[1])
local last = longest
for i = 1, #ARGV, 2 do
  redis.call('ZADD', KEYS[1], string.format('%.0f', ms + ARGV[i]), ARGV[i + 1])
  longest = math.max(longest, tonumber(ARGV[i]))
end
if longest > last then
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', longest))
end
return redis.status_reply('OK')
