-- Takes back what was added to counts. One that was made goes; so does one of 0 that would stay for ever, which is read as the same.
local function take_back(keys, by)
  for _, key in ipairs(keys) do
    if by == '-9223372036854775808' then
      redis.call('INCRBY', key, '9223372036854775807')
      redis.call('INCRBY', key, '1')
    else
      redis.call('DECRBY', key, by)
    end
    if redis.call('GET', key) == '0' and redis.call('PTTL', key) == -1 then redis.call('DEL', key) end
  end
end
