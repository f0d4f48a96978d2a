-- Takes some of a stock, if there is enough.
local left = tonumber(redis.call('GET', stock) or '0')
if left < tonumber(count) then return { 2, left } end
return { 1, redis.call('DECRBY', stock, count) }
