-- A page of a board that does not begin with the first place, the highest score first.
-- KEYS[1] board
-- ARGV[1] the clock that rules in Unix milliseconds, or empty for the server's
-- ARGV[2] half-life in milliseconds
-- ARGV[3], ARGV[4] the first and the last place, from 1
-- Reply: {1, the board's age in half-lives, {member, score, …}}, also negligible ones; {0} where there is no board; {-1} where the sorted set is none
-- O(log(board) + places)
--#include "trend_board.lua"
if not landmark then return {landmark == false and -1 or 0} end
return {1, string.format('%.17g', (now - landmark) / ARGV[2]), redis.call('ZREVRANGE', KEYS[1], ARGV[3], ARGV[4], 'WITHSCORES')}
