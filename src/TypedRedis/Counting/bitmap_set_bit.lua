-- Sets a bit.
-- full: how many bytes a segment may have. One that would grow past an eighth of it, and, where it has a minus, any, is made in that size at once: else Redis would take twice the memory.
local function set_bit(key, bit, full)
  local length = redis.call('STRLEN', key)
  if bit - 8 * length >= 0 and (full < 0 or 8 * length >= full) then
    -- A key that there is not gets what is asked for and no more. Lua would take ten times as long to make a text of that length.
    local bits, left
    if length > 0 then
      bits, left = redis.call('GET', key), redis.call('PTTL', key)
      -- Changes nothing, and is refused where memory is short: before DEL, behind which nothing is.
      redis.call('SETRANGE', key, 0, '')
      redis.call('DEL', key)
    end
    redis.call('SETBIT', key, 8 * math.abs(full) - 1, 0)
    if bits then
      redis.call('SETRANGE', key, 0, bits)
      if left >= 0 then redis.call('PEXPIRE', key, math.max(left, 1)) end
    end
  end
  redis.call('SETBIT', key, bit, 1)
end
