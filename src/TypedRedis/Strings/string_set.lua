-- Writes a value. expiry: milliseconds, 0 = leave it as it is, -1 = none.
local function set(key, value, expiry)
  if expiry == '0' then redis.call('SET', key, value, 'KEEPTTL')
  elseif expiry == '-1' then redis.call('SET', key, value)
  else redis.call('SET', key, value, 'PX', expiry) end
end
