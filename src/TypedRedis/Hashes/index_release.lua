-- Gives up a value of a unique index, where it still has exactly what is given up.
-- KEYS[1] the index's key for the value
-- ARGV[1] 'entity{}token'
-- Reply: 1, or 0 if it has something else.
-- O(1)
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
