-- A write to the periods that are now, as the caller has them. What is unusual is left to another script: the reply is nil then, and nothing is changed.
-- ARGV[1], ARGV[2] from when until when they are, in Unix seconds of ten digits, which compare as texts; empty where the server's clock does not matter
if ARGV[1] ~= '' then
  local time = redis.call('TIME')
  if time[1] < ARGV[1] or time[1] >= ARGV[2] then return false end
end

-- Has a period expire.
-- at: when, in Unix milliseconds; where the caller's clock rules, in how many milliseconds, with a minus before it; 0 for never
local function expire(key, at)
  if at == '0' then return end
  if string.byte(at) == 45 then
    redis.call('PEXPIRE', key, string.sub(at, 2))
  else
    redis.call('PEXPIREAT', key, at)
  end
end
