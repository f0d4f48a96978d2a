-- Adds to a counter of an entity that exists.
-- KEYS[1] entity
-- ARGV[1] the field that every entity has
-- ARGV[2] expiry to start anew, in milliseconds, or 0
-- ARGV[3] the counter's field
-- ARGV[4] what to add
-- ARGV[5], ARGV[6] the least and the largest value allowed, or '' for those of 64 bits
-- Reply: the new value as text (a Lua number loses digits past 2^53), or nil if there is no entity. Nothing is changed by the errors OVERFLOW and
-- NOTINTEGER, which carry the value that stands.
-- O(1)
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return false end
if ARGV[5] ~= '' then
  local now = redis.call('HGET', KEYS[1], ARGV[3]) or '0'
  if string.match(now, '^-?%d+$') then
    local sum = tonumber(now) + ARGV[4]
    if sum < tonumber(ARGV[5]) or sum > tonumber(ARGV[6]) then return redis.error_reply('OVERFLOW ' .. string.sub(now, 1, 128)) end
  end
end
local reply = redis.pcall('HINCRBY', KEYS[1], ARGV[3], ARGV[4])
if type(reply) == 'table' then
  local value = string.sub(redis.call('HGET', KEYS[1], ARGV[3]), 1, 128)
  if string.find(reply.err, 'overflow', 1, true) then return redis.error_reply('OVERFLOW ' .. value) end
  if string.find(reply.err, 'not an integer', 1, true) then return redis.error_reply('NOTINTEGER ' .. value) end
  return reply
end
if ARGV[2] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return redis.call('HGET', KEYS[1], ARGV[3])
