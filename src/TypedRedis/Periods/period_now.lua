-- The time in Unix milliseconds, and whether the caller's periods are those of it.
-- now: the caller's clock, where that one rules; empty for the server's
-- low, high: from when until when the caller's periods are the right ones; empty for a time of the caller's choice
local function period_now(now, low, high)
  if now ~= '' then return tonumber(now), true end
  local time = redis.call('TIME')
  local server = time[1] * 1000 + math.floor(time[2] / 1000)
  return server, low == '' or (server >= tonumber(low) and server < tonumber(high))
end

-- Has a key expire at a time in Unix milliseconds; 0 for never.
local function expire_at(key, at, now)
  if at ~= '0' then redis.call('PEXPIRE', key, string.format('%.0f', at - now)) end
end
