-- A part of an index.
-- KEYS[1] the index's key for the value
-- ARGV[1] ZRANGEBYLEX or ZREVRANGEBYLEX, ARGV[2], ARGV[3] its bounds, ARGV[4] how many
-- Reply: members.
-- O(log(size of the index) + ARGV[4])
return redis.call(ARGV[1], KEYS[1], ARGV[2], ARGV[3], 'LIMIT', '0', ARGV[4])
