-- One step of a walk over the keys of the node that holds KEYS[1]. A script, because that is how a SCAN can be sent to a chosen node of a cluster.
-- KEYS[1] any key of a slot that the node owns; it is not looked at
-- ARGV[1] cursor, ARGV[2] pattern, ARGV[3] how many keys to look at, ARGV[4] type
-- Reply: the next cursor ('0' at the end), the keys found, and which server answered: a cursor means nothing to another one.
-- O(ARGV[3])
local page = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', ARGV[3], 'TYPE', ARGV[4])
return { page[1], page[2], string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') }
