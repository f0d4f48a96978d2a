-- Adds to an integer value, exactly; an absent one counts as 0 and is made.
-- KEYS[1] value
-- ARGV[1] what to add
-- ARGV[2], ARGV[3] the least and the largest value allowed
-- ARGV[4] expiry in milliseconds, or 0
-- ARGV[5] 1 = the expiry starts anew, 0 = only a value that is made gets it
-- ARGV[6] 1 = a sum that is not allowed is no error
-- Reply: the new value as text, or nil where it is not allowed and that is no error. WRONGTYPE if the key holds anything but a string. Nothing is changed by
-- the errors OVERFLOW and NOTINTEGER, which carry the value that stands.
-- O(1)
--#include "../Scripting/integer.lua"
local before = redis.call('GET', KEYS[1])
local reply = redis.pcall('INCRBY', KEYS[1], ARGV[1])
if type(reply) == 'table' then
  if ARGV[6] == '1' and string.find(reply.err, 'overflow', 1, true) then return false end
  return refusal(reply, before)
end
local after = redis.call('GET', KEYS[1])
if less(after, ARGV[2]) or less(ARGV[3], after) then
  if before then redis.call('SET', KEYS[1], before, 'KEEPTTL') else redis.call('DEL', KEYS[1]) end
  return ARGV[6] ~= '1' and redis.error_reply('OVERFLOW ' .. (before or '0'))
end
if ARGV[4] ~= '0' and (ARGV[5] == '1' or not before) then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return after
