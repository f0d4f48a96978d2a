-- The server's time.
-- KEYS[1] any key of a slot that the node owns; it is not looked at
-- Reply: Unix milliseconds
-- O(1)
local time = redis.call('TIME')
return time[1] * 1000 + math.floor(time[2] / 1000)
