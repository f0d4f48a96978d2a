-- Reads counts, as one text: a reply of many values costs more.
-- KEYS the periods of a counter
-- Reply: the counts with a comma behind each, "-" for one that there is not, and how many of these there are. WRONGTYPE with the key's position (from 0) if one holds anything
-- but a string.
-- O(keys)
local counts = redis.call('MGET', unpack(KEYS))
local whole, text = pcall(table.concat, counts, ',')
if whole then return text .. ',0' end

-- A false cannot be joined: it stands for a count that there is not.
local absent = 0
for i = 1, #KEYS do
  if not counts[i] then
    if redis.call('TYPE', KEYS[i]).ok ~= 'none' then return redis.error_reply('WRONGTYPE ' .. i - 1) end
    counts[i], absent = '-', absent + 1
  end
end
return table.concat(counts, ',') .. ',' .. absent
