-- Removes up to count members whose score is below limit: gone are they.
local gone = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('(%.17g', limit), 'LIMIT', 0, count)
if gone[1] then redis.call('ZREM', KEYS[1], unpack(gone)) end
