-- Begins every script of trends: what time it is, and what the scores count from.
-- KEYS[1] board
-- ARGV[1] the clock that rules in Unix milliseconds, or empty for the server's
local now
if ARGV[1] == '' then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
else
  now = tonumber(ARGV[1])
end

-- The landmark of a trend is the time that its scores count from, here in Unix milliseconds. It stands on the board itself: a member that is no UTF-8 text, with a score above all
-- others, so that a page from the first place on has it too. Nil where there is no board, false where what is there is none.
local LANDMARK, LANDMARK_BASE = '\255', 1e15
local landmark = redis.call('ZSCORE', KEYS[1], LANDMARK)
if landmark then
  landmark = landmark - LANDMARK_BASE
elseif redis.call('EXISTS', KEYS[1]) == 0 then
  landmark = nil
end
