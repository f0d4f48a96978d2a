-- Takes sketches into a union that is made in several steps. The caller carries it from one step to the next: no key outlives the script.
-- KEYS[1] a key that must not exist, in the slot of the others
-- KEYS[2], … sketches
-- ARGV[1] the union so far, or empty
-- ARGV[2] 1 = this is the last step
-- Reply: the union; after the last step its estimate
-- O(sketches)
if redis.call('EXISTS', KEYS[1]) == 1 then return redis.error_reply('WRONGTYPE 0') end
if ARGV[1] ~= '' then redis.call('SET', KEYS[1], ARGV[1]) end
local reply
if ARGV[2] == '1' then
  reply = redis.pcall('PFCOUNT', unpack(KEYS))
else
  reply = redis.pcall('PFMERGE', unpack(KEYS))
  if not reply.err then reply = redis.call('GET', KEYS[1]) end
end
redis.call('DEL', KEYS[1])
return reply
