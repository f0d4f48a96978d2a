-- Submits a score of one member to every window that is now, of a board that has no history and no ties by arrival, and whose window of all time does not expire.
-- KEYS windows
-- ARGV[1], ARGV[2] see period_current.lua, then per window its expiry: see period_expire.lua
-- then 'best', 'lowest', 'latest' or 'sum', the score and the member, and of 'sum' the largest sum of integers, 0 of others
-- Reply: 1 if the member has another score now in any window, else 0. Nil: see period_current.lua; ask leaderboard_submit.lua.
-- O(windows * log(members of the window))
--#include "../Periods/period_current.lua"
local windows = #KEYS
local mode, score, member = ARGV[windows + 3], ARGV[windows + 4], ARGV[windows + 5]
local new, afters, changed = tonumber(score), {}, 0
for i = 1, windows do
  local before = redis.pcall('ZSCORE', KEYS[i], member)
  if type(before) == 'table' then return false end
  if mode == 'sum' then
--#include "leaderboard_sum.lua"
    afters[i] = sum_of(tonumber(ARGV[windows + 6]), before, new)
    if afters[i] == false then return false end
  else
    -- As in leaderboard_settle.lua, of which each call would cost as much as this.
    local old = tonumber(before or nil)
    if not old or new > old and mode ~= 'lowest' or new < old and mode ~= 'best' then afters[i] = score end
  end
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
