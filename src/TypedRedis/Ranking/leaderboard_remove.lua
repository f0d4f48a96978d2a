-- Removes a member.
-- KEYS windows, where ties go by arrival each with its companion behind it; then the member's history, where ARGV[3] says so
-- ARGV[1] member
-- ARGV[2] 1 = ties go by arrival
-- ARGV[3] 1 = the last key is a history
-- Reply: of how many windows it was removed. WRONGTYPE with the key's position; then nothing is changed.
-- O(windows * log(members of the window))
--#include "../Scripting/wrong_type.lua"
local byArrival, last = ARGV[2] == '1', #KEYS
if ARGV[3] == '1' then
  last = last - 1
  local length = redis.pcall('LLEN', KEYS[#KEYS])
  if type(length) == 'table' then return wrong(length, last, 'list') end
end
local found = {}
for k = 1, last, byArrival and 2 or 1 do
  local stored = ARGV[1]
  if byArrival then
    local reply = redis.pcall('HGET', KEYS[k + 1], stored)
    if type(reply) == 'table' then return wrong(reply, k, 'hash') end
    stored = (reply or '') .. stored
  end
  local score = redis.pcall('ZSCORE', KEYS[k], stored)
  if type(score) == 'table' then return wrong(score, k - 1) end
  if score then found[k] = stored end
end
local count = 0
for k, stored in pairs(found) do
  count = count + 1
  if not byArrival then
    redis.call('ZREM', KEYS[k], stored)
  elseif redis.call('ZCARD', KEYS[k]) == 1 then
    redis.call('UNLINK', KEYS[k], KEYS[k + 1])      -- the companion goes with the last member, in one command: a slot that moves lets no other follow
  else
    redis.call('ZREM', KEYS[k], stored)
    redis.call('HDEL', KEYS[k + 1], ARGV[1])
  end
end
if ARGV[3] == '1' then redis.call('UNLINK', KEYS[#KEYS]) end
return count
