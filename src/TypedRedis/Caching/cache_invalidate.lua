-- Removes an entry, and the right of whoever loads it to store it. Where a write is under way, what it stores is removed instead.
--
-- KEYS[1]  the entry
-- ARGV[1]  the channel
-- ARGV[2]  the message
--
-- Reply: a version that no older entry has. O(1).
local h = redis.call('GETRANGE', KEYS[1], '0', '63')
local t = redis.call('TIME')
local us = t[1] * 1000000 + t[2]
if #h == 64 and string.sub(h, 1, 2) == 'T\1' then
  us = math.max(us, (struct.unpack('<I8', h, 9)) + 1)
end
if string.sub(h, 1, 3) == 'T\1W' then
  redis.call('SETRANGE', KEYS[1], 3, '\2')
else
  redis.call('UNLINK', KEYS[1])
end
redis.call('PUBLISH', ARGV[1], ARGV[2])
return string.format('%.0f', us)
