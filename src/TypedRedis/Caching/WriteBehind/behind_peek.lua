-- Tells when there is something to be taken out of queues.
--
-- KEYS     the schedules
-- ARGV[1]  how many writes fill a batch
--
-- Reply: of each queue, in how many milliseconds there are writes to be written together, and one by one; -1 for none. O(queues * log(pending writes)).
local again, leased = 35184372088832, 70368744177664
local t = redis.call('TIME')
local ms = t[1] * 1000 + math.floor(t[2] / 1000)

local function wait(key, low, high)
  local first = redis.call('ZRANGEBYSCORE', key, string.format('%.0f', low), high, 'WITHSCORES', 'LIMIT', 0, 1)
  if not first[2] then
    return -1
  end
  return math.max(0, first[2] - low - ms)
end

local reply = {}
for i, key in ipairs(KEYS) do
  local together = wait(key, 0, string.format('(%.0f', again))
  if together > 0 and redis.call('ZCOUNT', key, '-inf', string.format('(%.0f', again)) >= tonumber(ARGV[1]) then
    together = 0
  end
  local single, held = wait(key, again, string.format('(%.0f', leased)), wait(key, leased, '+inf')
  if single < 0 or (held >= 0 and held < single) then
    single = held
  end
  reply[2 * i - 1] = together
  reply[2 * i] = single
end
return reply
