-- Deletes periods, or what belongs to them.
-- KEYS what is deleted, in one slot
-- ARGV[1] what each must begin with that is a string; empty for anything
-- ARGV[2], … the type of each key; one alone is that of all
-- Reply: how many there were. WRONGTYPE with the key's position (from 0), and its type where they differ, if one holds anything else; then none is deleted.
-- O(keys); the memory is freed in the background.
local head, several = ARGV[1], #ARGV > 2
for i = 1, #KEYS do
  local wanted, kind = ARGV[several and i + 1 or 2], redis.call('TYPE', KEYS[i]).ok
  if kind ~= 'none' and (kind ~= wanted or head ~= '' and redis.call('GETRANGE', KEYS[i], 0, #head - 1) ~= head) then
    return redis.error_reply('WRONGTYPE ' .. i - 1 .. (several and ' ' .. wanted or ''))
  end
end
return redis.call('UNLINK', unpack(KEYS))
