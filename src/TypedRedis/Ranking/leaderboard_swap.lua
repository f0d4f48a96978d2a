-- Puts a board that has been made into a window's place, which keeps its expiry.
-- KEYS[1] the board that has been made, KEYS[2] its companion
-- KEYS[3] the window, KEYS[4] its companion
-- KEYS[5] a key that is never there: while the slot moves, the server refuses the script for it, before the window could be gone between two commands
-- ARGV[1] the clock that rules in Unix milliseconds, or empty for the server's
-- ARGV[2] until when the window stays, in Unix milliseconds; 0 for ever; empty: as long as it does now, or where there is none for
-- ARGV[3] milliseconds, or 0
-- ARGV[4] how many arrivals there were, or empty where ties do not go by them
-- ARGV[5] 1 = it has members
-- Reply: how many members the window has; -1 where the board that has been made is gone. WRONGTYPE with the key's position; then nothing is changed.
-- O(1); the memory of what was there is freed in the background.
--#include "../Periods/period_now.lua"
for k = 3, 4 do
  local kind, wanted = redis.call('TYPE', KEYS[k]).ok, k == 3 and 'zset' or 'hash'
  if kind ~= 'none' and kind ~= wanted then return redis.error_reply('WRONGTYPE ' .. k - 1 .. ' ' .. wanted) end
end
if redis.call('EXISTS', KEYS[1]) == 0 then
  if ARGV[5] == '1' then return -1 end
  redis.call('UNLINK', KEYS[3], KEYS[4])
  return 0
end
local left = redis.call('PTTL', KEYS[3])
if ARGV[2] == '0' then
  left = -1
elseif ARGV[2] ~= '' then
  left = ARGV[2] - period_now(ARGV[1], '', '')
  if left <= 0 then
    redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
    return 0
  end
elseif left == -2 then
  left = ARGV[3] == '0' and -1 or tonumber(ARGV[3])
end
if left == 0 then left = 1 end
if ARGV[4] ~= '' then redis.call('HSET', KEYS[2], '\255', ARGV[4]) end
for k = 1, ARGV[4] ~= '' and 2 or 1 do
  if left < 0 then redis.call('PERSIST', KEYS[k]) else redis.call('PEXPIRE', KEYS[k], string.format('%.0f', left)) end
  redis.call('UNLINK', KEYS[k + 2])
  redis.call('RENAME', KEYS[k], KEYS[k + 2])
end
return redis.call('ZCARD', KEYS[3])
