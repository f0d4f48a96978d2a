-- Sets a bit.
-- full: how many bytes a segment may have. One that would grow past an eighth of it, and, where it has a minus, any, is made in that size at once: else Redis would take twice the memory.
local function set_bit(key, bit, full)
  local length = redis.call('STRLEN', key)
  if bit - 8 * length >= 0 and (full < 0 or 8 * length >= full) then
    redis.call('SET', key, (redis.call('GET', key) or '') .. string.rep('\0', math.abs(full) - length), 'KEEPTTL')
  end
  redis.call('SETBIT', key, bit, 1)
end
