-- Takes writes out of a queue, for as long as their lease lasts: those that have waited for others, or all that wait where they fill a batch; and, to be written one by one, those that are to be tried
-- again, and those whose worker has not come back.
-- In the schedule, a score below 2^45 is a time in milliseconds until which a write waits for others; from 2^45 on, less 2^45, one at which it is tried again; from 2^46 on, less 2^46, the end of its lease.
--
-- KEYS[1]  the pending writes, by key
-- KEYS[2]  their schedule
-- KEYS[3]  since when they are pending
-- ARGV[1]  how long the lease lasts, in milliseconds
-- ARGV[2]  how many that have waited are taken at most
-- ARGV[3]  how many of the others
-- ARGV[4]  how many fill a batch
--
-- Reply: {ms, ms, {key, write, ...}, {key, write, ...}}: in how many milliseconds there are more to be written together, and one by one, or -1; the two kinds. O(log(pending writes) * taken).
local again, leased = 35184372088832, 70368744177664
redis.call('HLEN', KEYS[1])
-- It changes nothing and takes no memory: after it, a server whose memory is full takes the other changes too. Else its queue would never get shorter.
redis.call('ZREM', KEYS[2], '')
local t = redis.call('TIME')
local ms = t[1] * 1000 + math.floor(t[2] / 1000)
local lease = string.format('%.0f', leased + ms + ARGV[1])

local function take(low, high, limit, into)
  if limit <= 0 then
    return 0
  end
  local fields = redis.call('ZRANGEBYSCORE', KEYS[2], string.format('%.0f', low), high, 'LIMIT', 0, limit)
  for _, field in ipairs(fields) do
    local record = redis.call('HGET', KEYS[1], field)
    if record then
      redis.call('ZADD', KEYS[2], lease, field)
      into[#into + 1] = field
      into[#into + 1] = record
    else
      redis.call('ZREM', KEYS[2], field)
      redis.call('ZREM', KEYS[3], field)
    end
  end
  return #fields
end

local function wait(low, high)
  local first = redis.call('ZRANGEBYSCORE', KEYS[2], string.format('%.0f', low), high, 'WITHSCORES', 'LIMIT', 0, 1)
  if not first[2] then
    return -1
  end
  return math.max(0, first[2] - low - ms)
end

local function isFull()
  return redis.call('ZCOUNT', KEYS[2], '-inf', string.format('(%.0f', again)) >= tonumber(ARGV[4])
end

local together, single = {}, {}
take(0, isFull() and string.format('(%.0f', again) or string.format('%.0f', ms), tonumber(ARGV[2]), together)
local left = tonumber(ARGV[3])
left = left - take(again, string.format('%.0f', again + ms), left, single)
take(leased, string.format('%.0f', leased + ms), left, single)
local nextTogether = isFull() and 0 or wait(0, string.format('(%.0f', again))
local nextAgain, nextLeased = wait(again, string.format('(%.0f', leased)), wait(leased, '+inf')
if nextAgain < 0 or (nextLeased >= 0 and nextLeased < nextAgain) then
  nextAgain = nextLeased
end
return {nextTogether, nextAgain, together, single}
