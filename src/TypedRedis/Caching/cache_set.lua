-- Stores an entry, whatever stands there. Where a write is under way, the order of the two is unknown, and neither is stored.
--
-- KEYS[1]  the entry
-- ARGV[1]  the entry
-- ARGV[2]  how long it is kept, in milliseconds
-- ARGV[3]  how long it is fresh, in milliseconds
-- ARGV[4]  when it is due to be loaded anew, in milliseconds from now
-- ARGV[5]  the channel
-- ARGV[6]  the message
--
-- Reply: the version. O(size of the entry).
local h = redis.call('GETRANGE', KEYS[1], '0', '63')
local t = redis.call('TIME')
local us = t[1] * 1000000 + t[2]
local ms = math.floor(us / 1000)
if #h == 64 and string.sub(h, 1, 2) == 'T\1' then
  us = math.max(us, (struct.unpack('<I8', h, 9)) + 1)
end
if string.sub(h, 1, 3) == 'T\1W' then
  redis.call('SETRANGE', KEYS[1], 3, '\2')
else
  redis.call('SET', KEYS[1], string.sub(ARGV[1], 1, 8) .. struct.pack('<I8I8I8I8', us, ms + ARGV[3], ms + ARGV[4], 0) .. string.sub(ARGV[1], 41), 'PX', ARGV[2])
end
redis.call('PUBLISH', ARGV[5], ARGV[6])
return string.format('%.0f', us)
