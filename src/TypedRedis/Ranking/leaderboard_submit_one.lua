-- Submits a score to the one window of a board that has no history, no expiry and no ties by arrival.
-- KEYS[1] window
-- ARGV[1] 'best', 'lowest', 'latest' or 'sum'
-- ARGV[2] 1 = sums are integers
-- ARGV[3] score
-- ARGV[4] member
-- Reply: 1 if the member has another score now, else 0; -1 where a sum cannot be held, and nothing is changed
-- O(log(members of the window))
--#include "leaderboard_settle.lua"
local score = settle(ARGV[1], ARGV[2] == '1', redis.call('ZSCORE', KEYS[1], ARGV[4]), ARGV[3])
if score == false then return -1 end
if not score then return 0 end
redis.call('ZADD', KEYS[1], score, ARGV[4])
return 1
