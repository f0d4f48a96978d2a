-- How many members a member is ahead of.
-- KEYS[1] window; KEYS[2] where ties go by arrival, its companion
-- ARGV[1] 'high' or 'low': which score is first
-- ARGV[2] member
-- Reply: how many have a worse score, how many the same, itself included, and how many there are; empty where the member is not there
-- O(log(members of the window))
local stored = ARGV[2]
if KEYS[2] then stored = (redis.call('HGET', KEYS[2], stored) or '') .. stored end
local score = redis.call('ZSCORE', KEYS[1], stored)
if not score then return {} end
local worse = ARGV[1] == 'low' and redis.call('ZCOUNT', KEYS[1], '(' .. score, '+inf') or ARGV[1] ~= 'low' and redis.call('ZCOUNT', KEYS[1], '-inf', '(' .. score)
return { worse, redis.call('ZCOUNT', KEYS[1], score, score), redis.call('ZCARD', KEYS[1]) }
