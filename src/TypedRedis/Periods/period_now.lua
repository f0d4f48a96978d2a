-- Whether the server's clock rules, as period_now was told.
local by_server

-- The time in Unix milliseconds, and whether the caller's periods are those of it.
-- now: the caller's clock, where that one rules; empty for the server's
-- low, high: from when until when the caller's periods are the right ones, in Unix seconds of ten digits, which compare as texts; empty for a time of the caller's choice
local function period_now(now, low, high)
  by_server = now == ''
  if not by_server then return tonumber(now), true end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), low == '' or (time[1] >= low and time[1] < high)
end

-- Has a key expire at a time in Unix milliseconds; 0 for never.
local function expire_at(key, at, now)
  if at == '0' then return end
  if by_server then
    redis.call('PEXPIREAT', key, at)
  else
    redis.call('PEXPIRE', key, string.format('%.0f', at - now))
  end
end
