-- Removes a member from a board, which then stays as long as the others need it.
-- KEYS[1] board
-- ARGV[1] the clock that rules in Unix milliseconds, or empty for the server's
-- ARGV[2] half-life in milliseconds
-- ARGV[3] log2 of the score below which a member is negligible
-- ARGV[4] member
-- Reply: {1} where it was there, {0} where it was absent or negligible; {-1} where the sorted set is no board
-- O(log(board))
--#include "trend_board.lua"
--#include "trend_expiry.lua"
local half = tonumber(ARGV[2])
if not landmark then return {landmark == false and -1 or 0} end
local limit = (now - landmark) / half + ARGV[3]
local score = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[4]) or nil)
if not score then return {0} end
redis.call('ZREM', KEYS[1], ARGV[4])
local top = highest(KEYS[1])
if top and top >= limit then
  redis.call('PEXPIRE', KEYS[1], falls_in(top, limit, half))
else
  redis.call('UNLINK', KEYS[1])
end
return {score >= limit and 1 or 0}
