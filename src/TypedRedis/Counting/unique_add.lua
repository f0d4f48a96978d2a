-- Adds members to the sketches of several periods.
-- KEYS the periods
-- ARGV[1], ARGV[2], ARGV[3] now, low, high: see period_now.lua
-- ARGV[4], … per key: until when it stays, in Unix milliseconds; 0 for ever. One that is over is not written
-- the rest of ARGV: members
-- Reply: {1, how many estimates changed}; {0, the server's time}, with nothing changed, where the periods are those of another time. WRONGTYPE with the position of a
-- key that holds something else than a sketch; then nothing is changed.
-- O(periods · members)
--#include "../Periods/period_now.lua"
local now, isRight = period_now(ARGV[1], ARGV[2], ARGV[3])
if not isRight then return {0, now} end

-- Of one key, PFADD says it itself.
for i = 1, #KEYS > 1 and #KEYS or 0 do
  local head = redis.pcall('GETRANGE', KEYS[i], '0', '3')
  if type(head) == 'table' and not string.find(head.err, 'WRONGTYPE', 1, true) then return head end
  if head ~= 'HYLL' and (head ~= '' or redis.call('EXISTS', KEYS[i]) == 1) then
    return redis.error_reply('WRONGTYPE ' .. i - 1)
  end
end

local changed = 0
for i, key in ipairs(KEYS) do
  local till = ARGV[3 + i]
  if (till == '0' or tonumber(till) > now) and redis.call('PFADD', key, unpack(ARGV, 4 + #KEYS)) == 1 then
    expire_at(key, till, now)
    changed = changed + 1
  end
end
return {1, changed}
