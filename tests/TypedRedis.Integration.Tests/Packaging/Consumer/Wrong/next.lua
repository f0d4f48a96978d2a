-- Counts.
local next = redis.call('INCR', counter .. ':next')
return nxt
