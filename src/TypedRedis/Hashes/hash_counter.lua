-- Adds to a counter, exactly.
--#include "../Scripting/integer.lua"

-- The new value as text; or nil and an error: OVERFLOW or NOTINTEGER with the value that stands, and nothing is changed.
local function add(key, field, by, minimum, maximum)
  local before = redis.call('HGET', key, field)
  local reply = redis.pcall('HINCRBY', key, field, by)
  if type(reply) == 'table' then return nil, refusal(reply, before) end
  local after = redis.call('HGET', key, field)
  if minimum ~= '' and less(after, minimum) or maximum ~= '' and less(maximum, after) then
    if before then redis.call('HSET', key, field, before) else redis.call('HDEL', key, field) end
    return nil, redis.error_reply('OVERFLOW ' .. (before or '0'))
  end
  return after
end
