-- Submits a score of one member to every window that is now, of a board that has no history and no ties by arrival, and whose window of all time does not expire.
-- KEYS windows
-- ARGV[1], ARGV[2] see period_current.lua, then per window its expiry: see period_expire.lua
-- then 'best', 'lowest', 'latest' or 'sum', the score and the member, and of 'sum' the largest sum of integers, 0 of others
-- Reply: 1 if the member has another score now in any window, else 0. Nil: see period_current.lua; ask leaderboard_submit.lua.
-- O(windows * log(members of the window))
--#include "../Periods/period_current.lua"
local windows, changed = #KEYS, 0
local mode, score, member = ARGV[windows + 3], ARGV[windows + 4], ARGV[windows + 5]

-- From Redis 6.2 on ZADD compares by itself. A script knows the version from 7.0 on.
if redis.REDIS_VERSION_NUM and mode ~= 'sum' then
  local flag, made = mode == 'best' and 'GT' or mode == 'lowest' and 'LT' or 'CH'
  for i = 1, windows do
    local members = redis.pcall('ZCARD', KEYS[i])
    if members == 0 then
      made = made or {}
      made[i] = true
    elseif type(members) == 'table' then
      return false
    end
  end
  for i = 1, windows do
    local key = KEYS[i]
    if redis.call('ZADD', key, flag, 'CH', score, member) == 1 then changed = 1 end
    if made and made[i] then
--#include "../Periods/period_expire.lua"
    end
  end
  return changed
end

--#include "leaderboard_settle.lua"
local afters, largest = {}, tonumber(ARGV[windows + 6] or 0)
for i = 1, windows do
  local before = redis.pcall('ZSCORE', KEYS[i], member)
  if type(before) == 'table' then return false end
  afters[i] = settle(mode, largest, before, score)
  if afters[i] == false then return false end
end
for i = 1, windows do
  if afters[i] then
    changed = 1
    local key = KEYS[i]
    -- A window in which the member is new may have been made by this.
    if redis.call('ZADD', key, afters[i], member) == 1 then
--#include "../Periods/period_expire.lua"
    end
  end
end
return changed
