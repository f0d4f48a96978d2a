-- Members of a part of an index whose entities may have expired, where the index stands in another slot than its entities.
-- KEYS[1] the sorted set of times
-- ARGV[1] how many
-- Reply: members.
-- O(log(size of the index) + ARGV[1])
--#include "index_entries.lua"
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', text_of(milliseconds()), 'LIMIT', 0, ARGV[1])
