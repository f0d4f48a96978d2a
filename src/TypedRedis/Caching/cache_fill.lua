-- Ends a load: stores what it gave, if the right to do so still stands.
--
-- KEYS[1]  the entry
-- ARGV[1]  the token of the load
-- ARGV[2]  the entry, its version being that of the claim; empty to give the right back and store nothing
-- ARGV[3]  how long it is kept, in milliseconds; without an entry 0 to remove an older one, too
-- ARGV[4]  how long it is fresh, in milliseconds
-- ARGV[5]  when it is due to be loaded anew, in milliseconds from now
-- ARGV[6]  the channel
-- ARGV[7]  the message for those that wait
-- ARGV[8]  the message for all, or empty
--
-- Reply: 1, or 0 where the entry was invalidated or written meanwhile, or the right has ended. O(size of the entry).
local h = redis.call('GETRANGE', KEYS[1], '0', '63')
if h == '' then
  -- It was evicted, or everything was flushed: nobody has told those that wait.
  redis.call('PUBLISH', ARGV[6], ARGV[7])
end
if #h < 64 or string.sub(h, 3, 3) == 'W' or string.sub(h, 41, 56) ~= ARGV[1] then
  return 0
end
if ARGV[2] ~= '' then
  local t = redis.call('TIME')
  local ms = t[1] * 1000 + math.floor(t[2] / 1000)
  redis.call('SET', KEYS[1], string.sub(ARGV[2], 1, 16) .. struct.pack('<I8I8I8', ms + ARGV[4], ms + ARGV[5], 0) .. string.sub(ARGV[2], 41), 'PX', ARGV[3])
elseif string.sub(h, 3, 3) == 'V' and ARGV[3] ~= '0' then
  redis.call('SETRANGE', KEYS[1], 32, string.rep('\0', 24))
else
  redis.call('UNLINK', KEYS[1])
end
if ARGV[8] ~= '' then
  redis.call('PUBLISH', ARGV[6], ARGV[8])
elseif string.byte(h, 4) == 1 then
  redis.call('PUBLISH', ARGV[6], ARGV[7])
end
return 1
