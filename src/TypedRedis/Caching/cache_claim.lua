-- Asks for the right to load an entry.
--
-- KEYS[1]  the entry
-- KEYS[2]  of a write-behind cache, the pending writes by key
-- ARGV[1]  a token of 16 bytes that no other load has
-- ARGV[2]  how long the right lasts, in milliseconds
-- ARGV[3]  1 to be told by a message when a load that is under way ends, else 0
-- ARGV[4]  the lowest version that will do
-- ARGV[5]  the shape of 4 bytes that entries have here
-- ARGV[6]  'load'; 'refresh' where the entry is to be loaded anew only if it is due and nobody does; 'force' whatever stands there
-- ARGV[7]  of a write-behind cache, the key as it stands in the queue
-- ARGV[8]  the time in 8 bytes up to which invalidations of tags are known
--
-- Reply: {'hit', µs, entry}     an entry that will do; without the entry for 'refresh'
--        {'claimed', µs, entry} the caller loads; with the older entry where there is one
--        {'wait', µs, ms}       another one loads, and may for that long
--        {'pending', µs, entry} what is on its way to the source, which does not have it yet: it has been put into the entry's place
--        {'bypass', µs}         a write is under way: what the source says must not be stored
-- µs is the server's clock, and the version of what the caller loads. O(size of the entry).
local h = redis.call('GETRANGE', KEYS[1], '0', '63')
local t = redis.call('TIME')
local us = t[1] * 1000000 + t[2]
local ms = math.floor(us / 1000)
local state, version, soft, refresh, lease = '', 0, 0, 0, 0
if #h == 64 and string.sub(h, 1, 2) == 'T\1' then
  state = string.sub(h, 3, 3)
  version, soft, refresh, lease = struct.unpack('<I8I8I8I8', h, 9)
end
if state == 'W' then
  return {'bypass', string.format('%.0f', us)}
end
local record = KEYS[2] and redis.call('HGET', KEYS[2], ARGV[7])
if record then
  -- Not the version that is asked for: whoever can send a token can make one up, and the versions of writes grow from what stands here.
  local pending, _attempts, kept, fresh, due = struct.unpack('<I8I4I8I8I8', record)
  local entry = 'T\1' .. string.sub(record, 37, 37) .. '\0' .. string.sub(record, 38, 41)
    .. struct.pack('<I8I8I8I8', math.max(us, pending, version + 1), ms + fresh, ms + due, 0) .. string.rep('\0', 16) .. ARGV[8] .. string.sub(record, 42)
  if kept > 0 then
    redis.pcall('SET', KEYS[1], entry, 'PX', string.format('%.0f', kept))     -- Memory may be full: it is the answer all the same.
  end
  return {'pending', string.format('%.0f', us), entry}
end
local live = lease > ms
local fits = version >= tonumber(ARGV[4]) and string.sub(h, 5, 8) == ARGV[5]
if ARGV[6] == 'refresh' then
  if state ~= 'V' or not fits or live or refresh > ms then
    return {'hit', string.format('%.0f', us)}
  end
elseif ARGV[6] == 'load' and fits then
  if state == 'P' then
    if live then
      if ARGV[3] == '1' then
        redis.call('SETRANGE', KEYS[1], 3, '\1')
      end
      return {'wait', string.format('%.0f', us), lease - ms}
    end
  elseif state ~= '' and (live or soft > ms) then
    return {'hit', string.format('%.0f', us), redis.call('GET', KEYS[1])}
  end
end
us = math.max(us, version + 1)
if state == 'V' and fits then
  redis.call('SETRANGE', KEYS[1], 32, struct.pack('<I8', ms + ARGV[2]) .. ARGV[1])
  return {'claimed', string.format('%.0f', us), redis.call('GET', KEYS[1])}
end
local waiting = '\0'
if state == 'P' then
  waiting = string.sub(h, 4, 4)
end
redis.call('SET', KEYS[1], 'T\1P' .. waiting .. ARGV[5] .. struct.pack('<I8I8I8I8', us, 0, 0, ms + ARGV[2]) .. ARGV[1] .. struct.pack('<I8', 0), 'PX', ARGV[2])
return {'claimed', string.format('%.0f', us)}
