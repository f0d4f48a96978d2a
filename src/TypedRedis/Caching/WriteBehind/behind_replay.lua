-- Puts a dead letter back into the queue, with its own version, unless a newer write of its key is pending. The entry goes: whoever reads it gets what is pending.
--
-- KEYS[1]  the entry
-- KEYS[2]  the pending writes, by key
-- KEYS[3]  their schedule
-- KEYS[4]  since when they are pending
-- KEYS[5]  the dead letters, by key
-- ARGV[1]  the key, as it stands in the queue
-- ARGV[2]  the channel
-- ARGV[3]  the message
--
-- Reply: 1, or 0 where there is no letter or a newer write is pending. O(size of the write + log(pending writes)).
local letter = redis.call('HGET', KEYS[5], ARGV[1])
if not letter or redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then
  return 0
end
redis.call('GETRANGE', KEYS[1], 0, 0)
redis.call('ZCARD', KEYS[3])
redis.call('ZCARD', KEYS[4])
local t = redis.call('TIME')
local ms = string.format('%.0f', t[1] * 1000 + math.floor(t[2] / 1000))
local _version, _died, length = struct.unpack('<I8I8I4', letter)
local record = string.sub(letter, 21 + length)
redis.call('HSET', KEYS[2], ARGV[1], string.sub(record, 1, 8) .. struct.pack('<I4', 0) .. string.sub(record, 13))
redis.call('ZADD', KEYS[3], ms, ARGV[1])
redis.call('ZADD', KEYS[4], ms, ARGV[1])
redis.call('HDEL', KEYS[5], ARGV[1])
redis.call('UNLINK', KEYS[1])
redis.call('PUBLISH', ARGV[2], ARGV[3])
return 1
