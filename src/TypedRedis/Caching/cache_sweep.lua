-- Removes entries of a tag that was invalidated, as far as they were loaded before.
--
-- KEYS     the entries
-- ARGV[1]  the time of the invalidation in µs
--
-- Reply: how many were removed. O(entries); the memory is freed in the background.
local limit, removed = tonumber(ARGV[1]), 0
for _, key in ipairs(KEYS) do
  local ok, h = pcall(redis.call, 'GETRANGE', key, 0, 63)
  if ok and type(h) == 'string' and #h == 64 and string.sub(h, 1, 2) == 'T\1' then
    local state = string.sub(h, 3, 3)
    if state ~= 'P' and state ~= 'W' and (struct.unpack('<I8', h, 57)) < limit then
      removed = removed + redis.call('UNLINK', key)
    end
  end
end
return removed
