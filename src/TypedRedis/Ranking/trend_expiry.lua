-- The score of the first, or nil where nobody is on the board.
local function highest(key)
  return tonumber(redis.call('ZREVRANGE', key, 1, 1, 'WITHSCORES')[2])
end

-- In how many milliseconds a score falls to a limit.
local function falls_in(score, limit, half) return string.format('%.0f', math.ceil((score - limit) * half) + 1) end
