-- Ends writes that the source has taken. One that a newer write of its key has followed leaves that one in the queue, which is due at once.
--
-- KEYS[1]  the pending writes, by key
-- KEYS[2]  their schedule
-- KEYS[3]  since when they are pending
-- KEYS[4]  the dead letters, by key
-- ARGV     the key and the version of a write; again and again
--
-- Reply: nothing. O(writes * log(pending writes)).
local letters = redis.call('HLEN', KEYS[4])
redis.call('HLEN', KEYS[1])
redis.call('ZCARD', KEYS[3])
redis.call('ZREM', KEYS[2], '')
local t = redis.call('TIME')
local ms = string.format('%.0f', t[1] * 1000 + math.floor(t[2] / 1000))
for i = 1, #ARGV, 2 do
  local field, version = ARGV[i], tonumber(ARGV[i + 1])
  local record = redis.call('HGET', KEYS[1], field)
  if record then
    local stands = struct.unpack('<I8', record)
    if stands == version then
      redis.call('HDEL', KEYS[1], field)
      redis.call('ZREM', KEYS[2], field)
      redis.call('ZREM', KEYS[3], field)
    elseif stands > version then
      redis.call('ZADD', KEYS[2], ms, field)
      redis.call('ZADD', KEYS[3], string.format('%.0f', math.floor(stands / 1000)), field)
    end
  end
  if letters > 0 then
    local letter = redis.call('HGET', KEYS[4], field)
    if letter and (struct.unpack('<I8', letter)) <= version then
      redis.call('HDEL', KEYS[4], field)
    end
  end
end
return redis.status_reply('OK')
