-- Deletes an entity.
-- KEYS[1] entity
-- ARGV[1] hash or string: the type that the key must have
-- ARGV[2] hash: the field that every entity has
-- ARGV[3] if given, what is no entity is left alone without an error
-- Reply: 1 if there was an entity, else 0. WRONGTYPE if the key holds anything else, FOREIGN if it holds a hash that is
-- no entity; then nothing is changed.
-- O(1); the memory is freed in the background.
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'none' then return 0 end
if kind ~= ARGV[1] then
  return ARGV[3] and 0 or redis.error_reply('WRONGTYPE Operation against a key holding the wrong kind of value')
end
if kind == 'hash' and redis.call('HEXISTS', KEYS[1], ARGV[2]) == 0 then
  return ARGV[3] and 0 or redis.error_reply('FOREIGN the hash is no entity')
end
redis.call('UNLINK', KEYS[1])
return 1
