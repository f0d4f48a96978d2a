-- Replaces the values of fields that still are what was read. Leaves the expiry as it is.
-- KEYS[1] entity
-- ARGV[1…] field, value that was read, value to write, …
-- Reply: how many were replaced. WRONGTYPE if the key holds anything but a hash.
-- O(fields)
local replaced = 0
for i = 1, #ARGV, 3 do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
    replaced = replaced + 1
  end
end
return replaced
