-- Sets bit of key.
-- full: how many bytes the segment may have, where it is made in that size at once: Redis would let it grow to twice what it needs; nil where it may grow
if full then
  local length = redis.call('STRLEN', key)
  if bit - 8 * length >= 0 then
    -- Lua would take ten times as long to make a text of that length.
    local bits, left
    if length > 0 then
      bits, left = redis.call('GET', key), redis.call('PTTL', key)
      -- Changes nothing, and is refused where memory is short: before DEL, behind which nothing is.
      redis.call('SETRANGE', key, 0, '')
      redis.call('DEL', key)
    end
    redis.call('SETBIT', key, 8 * full - 1, 0)
    if bits then
      redis.call('SETRANGE', key, 0, bits)
      if left >= 0 then redis.call('PEXPIRE', key, math.max(left, 1)) end
    end
  end
end
redis.call('SETBIT', key, bit, '1')
