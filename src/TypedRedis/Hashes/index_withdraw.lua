-- Withdraws the announcement of a change that does not happen.
-- KEYS[1] entity
-- ARGV[1] the caller's token
-- Reply: 1, or 0 if it does not stand any more.
-- O(1)
local intent = redis.call('HGET', KEYS[1], '_in')
if not intent or string.match(intent, '^(%S*) ') ~= ARGV[1] then return 0 end
return redis.call('HDEL', KEYS[1], '_in')
