--#include "leaderboard_sum.lua"

-- The score that a member has after a submission, as text; nil where it stays as it is; false where a sum is not allowed.
-- largest: see leaderboard_sum.lua
-- before: the score as text, or false where there is none; score: what is submitted, as text
local function settle(mode, largest, before, score)
  local new = tonumber(score)
  if mode == 'sum' then return sum_of(largest, before, new) end
  local old = tonumber(before or nil)
  if old and (new == old or new < old and mode == 'best' or new > old and mode == 'lowest') then return nil end
  return score
end
