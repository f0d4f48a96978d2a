-- Reads whole entities that share a slot, where MGET does not do: it cannot start an expiry anew, and takes a key of another type for absent.
-- KEYS entities
-- ARGV[1] expiry to start anew, in milliseconds, or 0
-- Reply: per key its value, or nil. WRONGTYPE with the key's position (from 0) if one holds anything but a string.
-- O(keys)
local values = redis.call('MGET', unpack(KEYS))
for i = 1, #KEYS do
  if values[i] then
    if ARGV[1] ~= '0' then redis.call('PEXPIRE', KEYS[i], ARGV[1]) end
  elseif redis.call('TYPE', KEYS[i]).ok ~= 'none' then
    return redis.error_reply('WRONGTYPE ' .. i - 1)
  end
end
return values
