-- Sets a bit. A segment that would grow past an eighth of its size, and any but the first, is made in its full size at once: else Redis would take twice the memory.
local function set_bit(key, number, bit, size, max)
  local length = redis.call('STRLEN', key)
  local start = number - bit
  local full = math.ceil(math.min(size, max + 1 - start) / 8)
  if bit >= 8 * length and (start > 0 or 8 * length >= full) then
    redis.call('SET', key, (redis.call('GET', key) or '') .. string.rep('\0', full - length), 'KEEPTTL')
  end
  redis.call('SETBIT', key, bit, 1)
end
