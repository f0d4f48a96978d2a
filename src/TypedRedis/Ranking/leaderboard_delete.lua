-- Deletes windows, or histories.
-- KEYS what is deleted
-- ARGV the type of each
-- Reply: how many there were. WRONGTYPE with the key's position where one holds something else; then nothing is changed.
-- O(keys); the memory is freed in the background.
for k = 1, #KEYS do
  local kind = redis.call('TYPE', KEYS[k]).ok
  if kind ~= 'none' and kind ~= ARGV[k] then return redis.error_reply('WRONGTYPE ' .. k - 1) end
end
return redis.call('UNLINK', unpack(KEYS))
