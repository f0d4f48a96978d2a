-- A write to the periods that are now, as the caller has them. What is unusual is left to another script: the reply is nil then, and nothing is changed.
-- KEYS the periods
-- ARGV[1], ARGV[2] from when until when they are, in Unix seconds of ten digits, which compare as texts; empty where the server's clock does not matter
-- ARGV[3…] per period when it expires: see period_expire.lua
if ARGV[1] ~= '' then
  local time = redis.call('TIME')
  if time[1] < ARGV[1] or time[1] >= ARGV[2] then return false end
end
