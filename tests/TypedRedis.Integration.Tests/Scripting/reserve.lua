-- Takes some of a stock, if there is enough.
--#include "lib/number.lua"
local left = number(redis.call('GET', stock)) - count    -- a text that is a number counts as one
if left < number(minimum) then return { 'Refused', left + count } end
redis.call('SET', stock, left)
return { 1, left }
