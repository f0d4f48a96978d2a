-- Writes an entry and, in the same step, what is to be written to the source. A write of the same key that is pending gives way to it.
--
-- KEYS[1]  the entry
-- KEYS[2]  the pending writes, by key
-- KEYS[3]  their schedule
-- KEYS[4]  since when they are pending
-- KEYS[5]  the last version
-- ARGV[1]  the key, as it stands in the queue
-- ARGV[2]  the entry; one that says that there is none deletes
-- ARGV[3]  how long it is kept, in milliseconds; 0 to keep none
-- ARGV[4]  how long it is fresh, in milliseconds
-- ARGV[5]  when it is due to be loaded anew, in milliseconds from now
-- ARGV[6]  how long the write waits for others, in milliseconds
-- ARGV[7]  the channel
-- ARGV[8]  the message
--
-- Reply: {the version, for how many milliseconds the first write of the queue has been due that nobody has taken}. O(size of the entry + log(pending writes)).
local h = redis.call('GETRANGE', KEYS[1], '0', '63')
redis.call('HEXISTS', KEYS[2], ARGV[1])
local due = redis.call('ZSCORE', KEYS[3], ARGV[1])
redis.call('ZSCORE', KEYS[4], ARGV[1])
local version = tonumber(redis.call('GET', KEYS[5]) or 0) + 1
local t = redis.call('TIME')
local us = t[1] * 1000000 + t[2]
local ms = math.floor(us / 1000)
version = math.max(version, us)
if #h == 64 and string.sub(h, 1, 2) == 'T\1' then
  version = math.max(version, (struct.unpack('<I8', h, 9)) + 1)
end
local text = string.format('%.0f', version)
redis.call('SET', KEYS[5], text)
redis.call('HSET', KEYS[2], ARGV[1], struct.pack('<I8I4I8I8I8', version, 0, ARGV[3], ARGV[4], ARGV[5]) .. string.sub(ARGV[2], 3, 3) .. string.sub(ARGV[2], 5, 8) .. string.sub(ARGV[2], 65))
-- One that is leased stays so: its worker finds that there is a newer one. One that waits to be tried again begins anew.
due = due and tonumber(due)
if not due or (due >= 35184372088832 and due < 70368744177664) then
  redis.call('ZADD', KEYS[3], string.format('%.0f', ms + ARGV[6]), ARGV[1])
end
redis.call('ZADD', KEYS[4], 'NX', string.format('%.0f', ms), ARGV[1])
if ARGV[3] == '0' then
  redis.call('UNLINK', KEYS[1])
else
  redis.call('SET', KEYS[1], string.sub(ARGV[2], 1, 8) .. struct.pack('<I8I8I8I8', version, ms + ARGV[4], ms + ARGV[5], 0) .. string.sub(ARGV[2], 41), 'PX', ARGV[3])
end
redis.call('PUBLISH', ARGV[7], ARGV[8])
local first = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
return {text, math.max(0, ms - first[2])}
