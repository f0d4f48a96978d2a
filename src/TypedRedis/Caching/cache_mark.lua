-- Announces a write: the entry is gone, loads that are under way store nothing, and readers go to the source until it ends.
--
-- KEYS[1]  the entry
-- ARGV[1]  a token of 16 bytes that no other write has
-- ARGV[2]  how long the write may take, in milliseconds
-- ARGV[3]  the channel
-- ARGV[4]  the message
--
-- Reply: the version of the write. O(writes under way).
local h = redis.call('GETRANGE', KEYS[1], '0', '63')
local t = redis.call('TIME')
local us = t[1] * 1000000 + t[2]
local contested, others = '\0', ''
if #h == 64 and string.sub(h, 1, 2) == 'T\1' then
  us = math.max(us, (struct.unpack('<I8', h, 9)) + 1)
  if string.sub(h, 3, 3) == 'W' then
    contested = '\2'
    others = redis.call('GETRANGE', KEYS[1], 64, -1)
  end
end
redis.call('SET', KEYS[1], 'T\1W' .. contested .. '\0\0\0\0' .. struct.pack('<I8I8I8I8', us, 0, 0, 0) .. string.rep('\0', 24) .. others .. ARGV[1], 'PX', ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return string.format('%.0f', us)
