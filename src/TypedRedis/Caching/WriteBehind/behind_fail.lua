-- Notes that the source has refused writes: each is tried again later, or becomes a dead letter.
--
-- KEYS[1]  the pending writes, by key
-- KEYS[2]  their schedule
-- KEYS[3]  since when they are pending
-- KEYS[4]  the dead letters, by key
-- ARGV[1]  how often a write is tried
-- ARGV     then, again and again: the key and the version of a write, in how many milliseconds it is tried again, the reason
--
-- Reply: how many have become dead letters. O(writes * log(pending writes)).
local again = 35184372088832
redis.call('HLEN', KEYS[4])
redis.call('HLEN', KEYS[1])
redis.call('ZCARD', KEYS[3])
redis.call('ZREM', KEYS[2], '')
local t = redis.call('TIME')
local ms = t[1] * 1000 + math.floor(t[2] / 1000)
local dead = 0
for i = 2, #ARGV, 4 do
  local field, version, reason = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 3]
  local record = redis.call('HGET', KEYS[1], field)
  if record then
    local stands, attempts = struct.unpack('<I8I4', record)
    if stands == version then
      attempts = attempts + 1
      record = string.sub(record, 1, 8) .. struct.pack('<I4', attempts) .. string.sub(record, 13)
      if attempts >= tonumber(ARGV[1]) then
        dead = dead + 1
        redis.call('HSET', KEYS[4], field, struct.pack('<I8I8I4', version, ms, #reason) .. reason .. record)
        redis.call('HDEL', KEYS[1], field)
        redis.call('ZREM', KEYS[2], field)
        redis.call('ZREM', KEYS[3], field)
      else
        redis.call('HSET', KEYS[1], field, record)
        redis.call('ZADD', KEYS[2], string.format('%.0f', again + ms + ARGV[i + 2]), field)
      end
    elseif stands > version then
      redis.call('ZADD', KEYS[2], string.format('%.0f', ms), field)
    end
  end
end
return dead
