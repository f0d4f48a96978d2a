-- Tells whether what was pending at a moment is done.
--
-- KEYS[1]  the schedule
-- KEYS[2]  since when the writes are pending
-- ARGV[1]  the moment, by the server's clock in milliseconds
--
-- Reply: how many of the writes have been refused and wait to be tried again; -1 where others have not been tried. O(writes that were pending then, or writes that are not refused: the fewer of them).
local again, leased = 35184372088832, 70368744177664
local old = redis.call('ZCOUNT', KEYS[2], '-inf', ARGV[1])
local low, high = string.format('(%.0f', again), string.format('%.0f', leased)
local others = redis.call('ZCOUNT', KEYS[1], '-inf', low) + redis.call('ZCOUNT', KEYS[1], high, '+inf')
if others < old then
  for _, range in ipairs({{'-inf', low}, {high, '+inf'}}) do
    for _, field in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], range[1], range[2])) do
      local since = redis.call('ZSCORE', KEYS[2], field)
      if since and tonumber(since) <= tonumber(ARGV[1]) then
        return -1
      end
    end
  end
  return old
end
local refused = 0
for _, field in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1])) do
  local due = tonumber(redis.call('ZSCORE', KEYS[1], field) or 0)
  if due < again or due >= leased then
    return -1
  end
  refused = refused + 1
end
return refused
