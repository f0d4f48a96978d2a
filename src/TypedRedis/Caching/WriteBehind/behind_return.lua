-- Puts writes that were leased back into the queue, as if they had not been tried.
--
-- KEYS[1]  the pending writes, by key
-- KEYS[2]  their schedule
-- ARGV[1]  1 where they are to be written one by one, else 0
-- ARGV     then, again and again: the key and the version of a write
--
-- Reply: nothing. O(writes * log(pending writes)).
redis.call('HLEN', KEYS[1])
redis.call('ZREM', KEYS[2], '')
local t = redis.call('TIME')
local ms = t[1] * 1000 + math.floor(t[2] / 1000)
for i = 2, #ARGV, 2 do
  local record = redis.call('HGET', KEYS[1], ARGV[i])
  if record then
    local stands = struct.unpack('<I8', record)
    local version = tonumber(ARGV[i + 1])
    if stands == version and ARGV[1] == '1' then
      redis.call('ZADD', KEYS[2], string.format('%.0f', 35184372088832 + ms), ARGV[i])
    elseif stands >= version then
      redis.call('ZADD', KEYS[2], string.format('%.0f', ms), ARGV[i])
    end
  end
end
return redis.status_reply('OK')
