-- Changes the time of a member, if it still has the one that was seen: else somebody has given its entity another time since.
-- KEYS[1] the sorted set of times
-- ARGV[1] member, ARGV[2] the time that was seen, ARGV[3] the new one in milliseconds, or '' = none
-- Reply: 1 if it was changed, else 0.
-- O(log(size of the index))
local time = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not time or tonumber(time) ~= tonumber(ARGV[2]) then return 0 end
if ARGV[3] == '' then redis.call('ZREM', KEYS[1], ARGV[1]) else redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1]) end
return 1
