-- How many members of a board are not negligible.
-- KEYS[1] board
-- ARGV[1] the clock that rules in Unix milliseconds, or empty for the server's
-- ARGV[2] half-life in milliseconds
-- ARGV[3] log2 of the score below which a member is negligible
-- Reply: {1, how many}; {0} where there is no board; {-1} where the sorted set is none
-- O(log(board))
--#include "trend_board.lua"
if not landmark then return {landmark == false and -1 or 0} end
return {1, redis.call('ZCOUNT', KEYS[1], string.format('%.17g', (now - landmark) / ARGV[2] + ARGV[3]), '(' .. LANDMARK_BASE / 2)}
