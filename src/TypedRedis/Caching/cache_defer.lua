-- Ends a load that failed over an entry that may be served on: has the next one tried later.
--
-- KEYS[1]  the entry
-- ARGV[1]  the token of the load
-- ARGV[2]  how long it is served without another attempt, in milliseconds
--
-- Reply: 1, or 0 where the entry was invalidated or written meanwhile, or the right has ended. O(1).
local h = redis.call('GETRANGE', KEYS[1], '0', '63')
if #h < 64 or string.sub(h, 3, 3) ~= 'V' or string.sub(h, 41, 56) ~= ARGV[1] then
  return 0
end
local t = redis.call('TIME')
local later = t[1] * 1000 + math.floor(t[2] / 1000) + ARGV[2]
local soft, refresh = struct.unpack('<I8I8', h, 17)
redis.call('SETRANGE', KEYS[1], 16, struct.pack('<I8I8I8', math.max(soft, later), math.max(refresh, later), 0) .. string.rep('\0', 16))
return 1
