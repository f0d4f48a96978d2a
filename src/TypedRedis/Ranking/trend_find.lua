-- A member's score as of now, and its rank.
-- KEYS[1] board
-- ARGV[1] the clock that rules in Unix milliseconds, or empty for the server's
-- ARGV[2] half-life in milliseconds
-- ARGV[3] log2 of the score below which a member is negligible
-- ARGV[4] member
-- Reply: {1, log2 of the score as of now, rank from 1}; {0} where the member is absent or negligible; {-1} where the sorted set is no board
-- O(log(board))
--#include "trend_board.lua"
if not landmark then return {landmark == false and -1 or 0} end
local age = (now - landmark) / ARGV[2]
local score = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[4]) or nil)
if not score or score < age + ARGV[3] then return {0} end
return {1, string.format('%.17g', score - age), redis.call('ZREVRANK', KEYS[1], ARGV[4])}
