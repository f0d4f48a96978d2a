-- Deletes sketches.
-- KEYS the sketches, which need not exist
-- Reply: how many there were. WRONGTYPE with the position of a key that holds something else; then nothing is changed.
-- O(keys); the memory is freed in the background.
local there = {}
for i, key in ipairs(KEYS) do
  local head = redis.pcall('GETRANGE', key, 0, 3)
  if type(head) == 'table' and not string.find(head.err, 'WRONGTYPE', 1, true) then return head end
  if head == 'HYLL' then
    there[#there + 1] = key
  elseif head ~= '' or redis.call('EXISTS', key) == 1 then
    return redis.error_reply('WRONGTYPE ' .. i - 1)
  end
end
if #there > 0 then redis.call('UNLINK', unpack(there)) end
return #there
