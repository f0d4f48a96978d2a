-- Submits a score of one member to all windows of a board that has no history and no ties by arrival, and whose window of all time does not expire.
-- KEYS windows
-- ARGV[1…3] see period_now.lua
-- ARGV[4] 'best', 'lowest', 'latest' or 'sum'
-- ARGV[5] the largest sum of integers; 0 of others
-- ARGV[6] score
-- ARGV[7] member
-- ARGV[8…] until when each window stays, in Unix milliseconds, or 0 for ever
-- Reply: {0, Unix milliseconds} where the windows are not those of the server's time; {1, 1} if the member has another score now in any window, else {1, 0}; {2, 1, window} of
-- a sum that cannot be held. WRONGTYPE with the key's position. Nothing is changed by all but the second.
-- O(windows * log(members of the window))
--#include "../Periods/period_now.lua"
--#include "leaderboard_settle.lua"
local now, right = period_now(ARGV[1], ARGV[2], ARGV[3])
if not right then return { 0, now } end
local mode, largest, score, member, chosen = ARGV[4], tonumber(ARGV[5]), ARGV[6], ARGV[7], ARGV[2] == ''
local befores, afters, changed = {}, {}, 0
for w = 1, #KEYS do
  local ends = ARGV[7 + w]
  if not chosen or ends == '0' or tonumber(ends) > now then
    local before = redis.pcall('ZSCORE', KEYS[w], member)
    if type(before) == 'table' then return wrong(before, w - 1) end
    local after = settle(mode, largest, before, score)
    if after == false then return { 2, 1, w } end
    if after then
      befores[w], afters[w], changed = before, after, 1
    end
  end
end
for w = 1, #KEYS do
  if afters[w] then
    redis.call('ZADD', KEYS[w], afters[w], member)
    -- The window may have been made by this.
    if not befores[w] then expire_at(KEYS[w], ARGV[7 + w], now) end
  end
end
return { 1, changed }
