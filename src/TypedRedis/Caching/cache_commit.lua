-- Ends a write: stores the entry, if no other write and no invalidation came between.
--
-- KEYS[1]  the entry
-- ARGV[1]  the token of the write
-- ARGV[2]  the entry; empty where there is nothing to store
-- ARGV[3]  how long it is kept, in milliseconds
-- ARGV[4]  how long it is fresh, in milliseconds
-- ARGV[5]  when it is due to be loaded anew, in milliseconds from now
-- ARGV[6]  the channel
-- ARGV[7]  the message; empty where the source did not change
--
-- Reply: {1 or 0 for stored or not, the version}. O(size of the entry + writes under way).
local h = redis.call('GETRANGE', KEYS[1], '0', '63')
local t = redis.call('TIME')
local us = t[1] * 1000000 + t[2]
local ms = math.floor(us / 1000)
local isEntry = #h == 64 and string.sub(h, 1, 2) == 'T\1'
local isWrite = isEntry and string.sub(h, 3, 3) == 'W'
if isEntry then
  us = math.max(us, (struct.unpack('<I8', h, 9)) + 1)
end
local mine, left, stored = false, '', 0
if isWrite then
  local tokens = redis.call('GETRANGE', KEYS[1], 64, -1)
  for i = 1, #tokens, 16 do
    local token = string.sub(tokens, i, i + 15)
    if token == ARGV[1] then
      mine = true
    else
      left = left .. token
    end
  end
end
if mine then
  if left ~= '' then
    redis.call('SET', KEYS[1], string.sub(h, 1, 3) .. '\2' .. string.sub(h, 5, 64) .. left, 'KEEPTTL')
  elseif string.byte(h, 4) == 2 or ARGV[2] == '' then
    redis.call('UNLINK', KEYS[1])
  else
    redis.call('SET', KEYS[1], string.sub(ARGV[2], 1, 8) .. struct.pack('<I8I8I8I8', us, ms + ARGV[4], ms + ARGV[5], 0) .. string.sub(ARGV[2], 41), 'PX', ARGV[3])
    stored = 1
  end
elseif ARGV[7] ~= '' then
  -- The time of the write has run out. What came between is unknown, so nothing may stay.
  if isWrite then
    redis.call('SETRANGE', KEYS[1], 3, '\2')
  elseif isEntry then
    redis.call('UNLINK', KEYS[1])
  end
end
if ARGV[7] ~= '' then
  redis.call('PUBLISH', ARGV[6], ARGV[7])
end
return {stored, string.format('%.0f', us)}
