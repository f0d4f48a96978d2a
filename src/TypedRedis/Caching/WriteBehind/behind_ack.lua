-- Ends writes that the source has taken. One that a newer write of its key has followed leaves that one in the queue, which is due at once. One that there is a dead letter of is ended by a call of its own,
-- because the entry goes with the letter: what was loaded while the source did not have it must not stay.
--
-- KEYS[1]  the pending writes, by key
-- KEYS[2]  their schedule
-- KEYS[3]  since when they are pending
-- KEYS[4]  the dead letters, by key
-- KEYS[5]  in a call of its own: the entry
-- ARGV[1]  the channel
-- ARGV     then, again and again: the key and the version of a write, the message; in a call of its own, once
--
-- Reply: the keys of those that were not ended. O(writes * log(pending writes)).
local letters = redis.call('HLEN', KEYS[4])
redis.call('HLEN', KEYS[1])
redis.call('ZCARD', KEYS[3])
redis.call('ZREM', KEYS[2], '')
local t = redis.call('TIME')
local ms = string.format('%.0f', t[1] * 1000 + math.floor(t[2] / 1000))

local function finish(field, version)
  local record = redis.call('HGET', KEYS[1], field)
  if not record then
    return
  end
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

local rest = {}
for i = 2, #ARGV, 3 do
  local field, version = ARGV[i], tonumber(ARGV[i + 1])
  local letter = letters > 0 and redis.call('HGET', KEYS[4], field)
  if not letter or (struct.unpack('<I8', letter)) > version then
    finish(field, version)
  elseif KEYS[5] then
    redis.call('UNLINK', KEYS[5])
    redis.call('PUBLISH', ARGV[1], ARGV[i + 2])
    redis.call('HDEL', KEYS[4], field)
    finish(field, version)
  else
    rest[#rest + 1] = field
  end
end
return rest
