-- Adds interactions of one time to members of a board. A member that is negligible counts as absent, and what would be negligible is not written.
-- KEYS[1] board
-- ARGV[1] the clock that rules in Unix milliseconds, or empty for the server's
-- ARGV[2] when it happened, or empty for now; what lies ahead counts as now
-- ARGV[3] half-life in milliseconds
-- ARGV[4] log2 of the score below which a member is negligible
-- ARGV[5], ARGV[6], … member, log2 of the weight; each member once
-- Reply: log2 of the last member's score as of now; nil, with nothing changed, where the sorted set is no board
-- O(members · log(board)); in the course of it up to 20 negligible members are removed, and after every 1,024 half-lives the landmark of a board of up to 500 is moved
--#include "trend_board.lua"
if landmark == false then return false end
local half, least = tonumber(ARGV[3]), tonumber(ARGV[4])
local at = ARGV[2] == '' and now or math.min(now, tonumber(ARGV[2]))
local isNew = not landmark
if isNew then landmark = now end

-- A score is log2 of the sum of weight · 2^((time - landmark) / half): it never changes by itself. As of now it is less by the board's age in half-lives.
local age = (now - landmark) / half
local shift, limit = (at - landmark) / half, age + least
local changes, top, last = {}, nil, nil
for i = 5, #ARGV, 2 do
  last = ARGV[i + 1] + shift
  local before = not isNew and tonumber(redis.call('ZSCORE', KEYS[1], ARGV[i]) or nil)
  if before and before >= limit then
    last = math.max(before, last) + math.log(1 + 2 ^ -math.abs(before - last)) / math.log(2)
  end
  if last >= limit then
    changes[#changes + 1] = string.format('%.17g', last)
    changes[#changes + 1] = ARGV[i]
    if not top or last > top then top = last end
  end
end

if top then
  if isNew then
    changes[#changes + 1] = string.format('%.17g', LANDMARK_BASE + landmark)
    changes[#changes + 1] = LANDMARK
  end
  redis.call('ZADD', KEYS[1], unpack(changes))
  local left = redis.call('PTTL', KEYS[1])
  if left < (top - limit) * half + 1 then
--#include "trend_expiry.lua"
    redis.call('PEXPIRE', KEYS[1], falls_in(left == -1 and highest(KEYS[1]) or top, limit, half))
  end
end

if not isNew then
  local count = 20
--#include "trend_sweep.lua"
  if age > 1024 and redis.call('ZCARD', KEYS[1]) <= 501 then
    -- By whole half-lives, so that no score changes by more than its place.
    local by = math.floor(age)
    local board, moved = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES'), {}
    for i = 1, #board, 2 do
      local score = board[i] == LANDMARK and LANDMARK_BASE + landmark + by * half or board[i + 1] - by
      moved[i], moved[i + 1] = string.format('%.17g', score), board[i]
    end
    redis.call('ZADD', KEYS[1], unpack(moved))
  end
end
return string.format('%.17g', last - age)
