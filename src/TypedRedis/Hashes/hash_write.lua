-- Writes a whole entity: every field that it has, and no other.
-- KEYS[1] entity
-- ARGV[1] 'insert' (only if absent), 'update' (only if present) or 'upsert'
-- ARGV[2] the field that every entity has
-- ARGV[3] expiry: milliseconds, 0 = leave it as it is, -1 = none
-- ARGV[4] how many of the pairs are counters; they come first and are written only where the entity has no value for them
-- ARGV[5…] field, value, field, value, …
-- Reply: 'insert', 'update': 1 if written, else 0; 'upsert': 1 if created, 0 if replaced. WRONGTYPE if the key holds anything but a hash,
-- FOREIGN if it holds a hash that is no entity; then nothing is changed.
-- O(fields)
--#include "hash_replace.lua"
local present = redis.call('HEXISTS', KEYS[1], ARGV[2])
if present == 0 and redis.call('EXISTS', KEYS[1]) == 1 then return redis.error_reply('FOREIGN the hash is no entity') end
if ARGV[1] == 'insert' and present == 1 or ARGV[1] == 'update' and present == 0 then return 0 end

local expiry = ARGV[3]
if expiry == '0' then
  expiry = redis.call('PTTL', KEYS[1])       -- 0 = its last millisecond, which this write does not outlive
  if expiry < 0 then expiry = '-1' end
end

replace(KEYS[1], present == 1, 5, #ARGV, tonumber(ARGV[4]), {})
if expiry ~= '-1' then redis.call('PEXPIRE', KEYS[1], expiry) else redis.call('PERSIST', KEYS[1]) end
if ARGV[1] == 'update' then return 1 end
return 1 - present
