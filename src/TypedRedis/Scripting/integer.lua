-- Integers of 64 bits, as text: a Lua number has 53.

-- Whether an integer is less than another, both as text.
local function less(a, b)
  local negative = string.byte(a) == 45
  if negative ~= (string.byte(b) == 45) then return negative end
  if negative then a, b = string.sub(b, 2), string.sub(a, 2) end
  if #a ~= #b then return #a < #b end
  return a < b
end

-- The error of an increment that Redis refused: OVERFLOW or NOTINTEGER with the value that stands, or as it was.
local function refusal(reply, stands)
  local value = string.sub(stands or '0', 1, 128)
  if string.find(reply.err, 'overflow', 1, true) then return redis.error_reply('OVERFLOW ' .. value) end
  if string.find(reply.err, 'not an integer', 1, true) then return redis.error_reply('NOTINTEGER ' .. value) end
  return reply
end
