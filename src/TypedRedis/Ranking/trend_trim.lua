-- Removes negligible members from a board, and the board where nobody is left.
-- KEYS[1] board
-- ARGV[1] the clock that rules in Unix milliseconds, or empty for the server's
-- ARGV[2] half-life in milliseconds
-- ARGV[3] log2 of the score below which a member is negligible
-- ARGV[4] how many at most
-- Reply: {1, how many}; {0} where there is no board; {-1} where the sorted set is none
-- O(removed · log(board))
--#include "trend_board.lua"
if not landmark then return {landmark == false and -1 or 0} end
local limit, count = (now - landmark) / ARGV[2] + ARGV[3], ARGV[4]
--#include "trend_sweep.lua"
if redis.call('ZCARD', KEYS[1]) == 1 then redis.call('UNLINK', KEYS[1]) end
return {1, #gone}
