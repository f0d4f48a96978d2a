-- One step of a walk over the members that have numbers.
-- KEYS[1] numbers of members
-- ARGV[1] cursor, ARGV[2] how many to look at
-- Reply: the next cursor (0 at the end), members and numbers in turns, and which server answered: a cursor means nothing to another one.
-- WRONGTYPE with the position and the type of a key that holds anything but a hash.
-- O(ARGV[2])
local page = redis.pcall('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
if page.err then return string.find(page.err, 'WRONGTYPE', 1, true) and redis.error_reply('WRONGTYPE 0 hash') or page end
return { page[1], page[2], string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') }
