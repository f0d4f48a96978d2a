-- Drops a dead letter. The entry goes with it, unless a newer write is pending: whoever reads it gets what the source has.
--
-- KEYS[1]  the entry
-- KEYS[2]  the pending writes, by key
-- KEYS[3]  the dead letters, by key
-- ARGV[1]  the key, as it stands in the queue
-- ARGV[2]  the channel
-- ARGV[3]  the message
--
-- Reply: 1, or 0 where there is none. O(1).
redis.call('GETRANGE', KEYS[1], 0, 0)
local pending = redis.call('HEXISTS', KEYS[2], ARGV[1])
if redis.call('HDEL', KEYS[3], ARGV[1]) == 0 then
  return 0
end
if pending == 0 then
  redis.call('UNLINK', KEYS[1])
  redis.call('PUBLISH', ARGV[2], ARGV[3])
end
return 1
