-- Puts members of a board into one that is being made.
-- KEYS[1] the board that is being made, KEYS[2] its companion; KEYS[3] where the members come from, or nothing where they are arguments
-- ARGV[1] 'best', 'lowest', 'latest' or 'sum'
-- ARGV[2] ties by arrival: 'high' where the highest score is first, 'low' where the lowest is; else empty
-- ARGV[3] the largest sum of integers; 0 of others
-- ARGV[4] how long the keys live that are being made, in milliseconds
-- ARGV[5] how many arrivals were before those of this board
-- ARGV[6…] members and scores by turns, as they stand in the board; with KEYS[3] from which and to which position of it, both included
-- Reply: how many members there were; -1 where a sum cannot be held
-- O(members * log(members of the board)); a few hundred at a time
--#include "leaderboard_settle.lua"
--#include "leaderboard_stamp.lua"
local mode, arrival, largest = ARGV[1], ARGV[2], tonumber(ARGV[3])
local source, from = ARGV, 6
if KEYS[3] then
  source, from = redis.call('ZRANGE', KEYS[3], ARGV[6], ARGV[7], 'WITHSCORES'), 1
  redis.call('PEXPIRE', KEYS[3], ARGV[4])
end
for i = from, #source, 2 do
  local member, stamped, stored = source[i], false, source[i]
  local number = 0
  if arrival ~= '' then
    number = struct.unpack('>I8', member)
    if arrival == 'high' then number = 9007199254740991 - number end
    member = string.sub(member, 9)
    stamped = redis.call('HGET', KEYS[2], member)
    stored = (stamped or '') .. member
  end
  local score = settle(mode, largest, redis.call('ZSCORE', KEYS[1], stored), source[i + 1])
  if score == false then return -1 end
  if score then
    if arrival ~= '' then
      local new = stamp(arrival, ARGV[5] + number)
      redis.call('ZADD', KEYS[1], score, new .. member)
      if stamped and stamped ~= new then redis.call('ZREM', KEYS[1], stored) end
      redis.call('HSET', KEYS[2], member, new)
    else
      redis.call('ZADD', KEYS[1], score, member)
    end
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return (#source - from + 1) / 2
