-- Makes the writes of a queue due at once, those that are leased excepted.
--
-- KEYS[1]  the schedule
-- ARGV[1]  how many at most
--
-- Reply: {ms, count}: the server's clock in milliseconds, how many are due that were not. O(log(pending writes) * count).
local again, leased = 35184372088832, 70368744177664
redis.call('ZREM', KEYS[1], '')
local t = redis.call('TIME')
local ms = t[1] * 1000 + math.floor(t[2] / 1000)

local function hurry(base, high)
  local due = string.format('%.0f', base + ms)
  local fields = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. due, high, 'LIMIT', 0, ARGV[1])
  for _, field in ipairs(fields) do
    redis.call('ZADD', KEYS[1], due, field)
  end
  return #fields
end

return {ms, hurry(0, string.format('(%.0f', again)) + hurry(again, string.format('(%.0f', leased))}
