-- Announces a write that nobody else may make meanwhile; see cache_mark.lua.
--
-- KEYS[1]  the entry
-- ARGV[1]  a token of 16 bytes that no other write has
-- ARGV[2]  how long the write may take, in milliseconds
-- ARGV[3]  the channel
-- ARGV[4]  the message
--
-- Reply: {1, the version of the write}, or {0, the milliseconds that are left to another one}. O(1).
local h = redis.call('GETRANGE', KEYS[1], '0', '63')
local t = redis.call('TIME')
local us = t[1] * 1000000 + t[2]
if #h == 64 and string.sub(h, 1, 2) == 'T\1' then
  if string.sub(h, 3, 3) == 'W' then
    return {0, tostring(redis.call('PTTL', KEYS[1]))}
  end
  us = math.max(us, (struct.unpack('<I8', h, 9)) + 1)
end
redis.call('SET', KEYS[1], 'T\1W\0\0\0\0\0' .. struct.pack('<I8I8I8I8', us, 0, 0, 0) .. string.rep('\0', 24) .. ARGV[1], 'PX', ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return {1, string.format('%.0f', us)}
