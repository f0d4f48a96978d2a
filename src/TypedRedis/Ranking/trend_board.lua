-- The landmark of a trend is the time that its scores count from. It stands on the board itself: a member that is no UTF-8 text, with a score above all others, so that
-- a page from the first place on has it too.
local LANDMARK, LANDMARK_BASE = '\255', 1e15

-- The landmark in Unix milliseconds; nil where there is no board, false where what is there is none.
local function landmark_of(key)
  local score = redis.call('ZSCORE', key, LANDMARK)
  if score then return score - LANDMARK_BASE end
  if redis.call('EXISTS', key) == 1 then return false end
end

local function exact(number) return string.format('%.17g', number) end

-- The score of the first, or nil where nobody is on the board.
local function highest(key)
  return tonumber(redis.call('ZREVRANGE', key, 1, 1, 'WITHSCORES')[2])
end

-- How many milliseconds a score takes to fall to a limit.
local function falls_in(score, limit, half) return math.ceil((score - limit) * half) + 1 end

-- Removes some members whose score is below the limit.
local function sweep(key, limit, count)
  local gone = redis.call('ZRANGEBYSCORE', key, '-inf', '(' .. exact(limit), 'LIMIT', 0, count)
  if #gone > 0 then redis.call('ZREM', key, unpack(gone)) end
  return #gone
end
