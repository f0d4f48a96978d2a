-- Takes its number from a member. Until its bits are cleared, too, the number is remembered, so that a removal that was cut short can be made again.
-- KEYS[1] numbers of members, KEYS[2] what is remembered
-- ARGV[1] member
-- ARGV[2] if given, what was remembered and is done: it is forgotten, if nothing was added to it
-- Reply: the numbers whose bits are to be cleared, separated by commas, or nil. WRONGTYPE with the position (from 0) and the type of a key that holds anything but a hash.
-- O(1)
for i = 1, 2 do
  local kind = redis.call('TYPE', KEYS[i]).ok
  if kind ~= 'none' and kind ~= 'hash' then return redis.error_reply('WRONGTYPE ' .. i - 1 .. ' hash') end
end
local field = ':' .. ARGV[1]
local left = redis.call('HGET', KEYS[2], field)
if ARGV[2] then
  if left == ARGV[2] then redis.call('HDEL', KEYS[2], field) end
  return left
end
local number = redis.call('HGET', KEYS[1], ARGV[1])
if number then
  left = left and left .. ',' .. number or number
  redis.call('HSET', KEYS[2], field, left)
  redis.call('HDEL', KEYS[1], ARGV[1])
end
return left
