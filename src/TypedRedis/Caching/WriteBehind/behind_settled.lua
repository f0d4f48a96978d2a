-- Tells whether what was pending at a moment is done.
--
-- KEYS[1]  the schedule
-- KEYS[2]  since when the writes are pending
-- ARGV[1]  the moment, by the server's clock in milliseconds
--
-- Reply: how many of the writes have been refused and wait to be tried again; -1 where others have not been tried. O(pending writes).
local refused = 0
for _, field in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1])) do
  local due = tonumber(redis.call('ZSCORE', KEYS[1], field) or 0)
  if due < 35184372088832 or due >= 70368744177664 then
    return -1
  end
  refused = refused + 1
end
return refused
