-- Tells how much memory the server may use, and what it does when that is full. INFO is permitted where CONFIG is not; in a script, it is sent to the node of a key.
--
-- KEYS[1]  a key of the node
--
-- Reply: {policy, bytes}, as INFO has them. O(1).
local info = redis.call('INFO', 'memory')
return {string.match(info, 'maxmemory_policy:([%w%-]+)') or '', string.match(info, 'maxmemory:(%d+)') or '0'}
