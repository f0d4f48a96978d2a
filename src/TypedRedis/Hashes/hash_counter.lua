-- Adds to a counter, exactly: a Lua number has 53 bits, a counter 64.

-- Whether an integer is less than another, both as text.
local function less(a, b)
  local negative = string.byte(a) == 45
  if negative ~= (string.byte(b) == 45) then return negative end
  if negative then a, b = string.sub(b, 2), string.sub(a, 2) end
  if #a ~= #b then return #a < #b end
  return a < b
end

-- The new value as text; or nil and an error: OVERFLOW or NOTINTEGER with the value that stands, and nothing is changed.
local function add(key, field, by, minimum, maximum)
  local before = redis.call('HGET', key, field)
  local reply = redis.pcall('HINCRBY', key, field, by)
  if type(reply) == 'table' then
    local value = string.sub(before or '0', 1, 128)
    if string.find(reply.err, 'overflow', 1, true) then return nil, redis.error_reply('OVERFLOW ' .. value) end
    if string.find(reply.err, 'not an integer', 1, true) then return nil, redis.error_reply('NOTINTEGER ' .. value) end
    return nil, reply
  end
  local after = redis.call('HGET', key, field)
  if minimum ~= '' and less(after, minimum) or maximum ~= '' and less(maximum, after) then
    if before then redis.call('HSET', key, field, before) else redis.call('HDEL', key, field) end
    return nil, redis.error_reply('OVERFLOW ' .. (before or '0'))
  end
  return after
end
