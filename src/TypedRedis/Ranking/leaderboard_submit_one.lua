-- Submits a score of one member to every window that is now, of a board that has no history and no ties by arrival, and whose window of all time does not expire.
-- KEYS windows
-- ARGV[1], ARGV[2] see period_current.lua
-- ARGV[3] 'best', 'lowest', 'latest' or 'sum'
-- ARGV[4] the largest sum of integers; 0 of others
-- ARGV[5] score, ARGV[6] member
-- ARGV[7…] per window when it expires: see there
-- Reply: 1 if the member has another score now in any window, else 0. Nil: see period_current.lua; ask leaderboard_submit.lua.
-- O(windows * log(members of the window))
--#include "../Periods/period_current.lua"
--#include "leaderboard_settle.lua"
local mode, score, member, afters, changed = ARGV[3], ARGV[5], ARGV[6], {}, 0
for w = 1, #KEYS do
  local before = redis.pcall('ZSCORE', KEYS[w], member)
  if type(before) == 'table' then return false end
  afters[w] = settle(mode, ARGV[4], before, score)
  if afters[w] == false then return false end
end
for w = 1, #KEYS do
  if afters[w] then
    changed = 1
    -- A window in which the member is new may have been made by this.
    if redis.call('ZADD', KEYS[w], afters[w], member) == 1 then expire(KEYS[w], ARGV[6 + w]) end
  end
end
return changed
