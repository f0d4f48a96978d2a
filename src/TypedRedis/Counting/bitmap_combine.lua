-- Counts the bits that are set in any segment, or in all of them.
-- KEYS[1] scratch, KEYS[2…] the same segment of periods of a slot
-- ARGV[1] OR = any, AND = all
-- Reply: how many. WRONGTYPE with the key's position (from 0) if one holds anything but a string.
-- O(bytes)
--#include "bitmap_scratch.lua"
local parts, absent = {}, false
for i = 2, #KEYS do
  local length, problem = length_of(i)
  if not length then return problem end
  if length == 0 then absent = true else parts[#parts + 1] = { i, length } end
end
if #parts == 0 or absent and ARGV[1] == 'AND' then return 0 end
if #parts == 1 then return redis.call('BITCOUNT', KEYS[parts[1][1]]) end

-- Up to 16 keys of the same length at a time BITOP takes by words, others byte by byte.
table.sort(parts, function(a, b) return a[2] < b[2] end)
local names = {}
for i, part in ipairs(parts) do
  names[#names + 1] = KEYS[part[1]]
  if i == #parts or #names == 15 then
    if i > #names then names[#names + 1] = KEYS[1] end
    redis.call('BITOP', ARGV[1], KEYS[1], unpack(names))
    names = {}
  end
end
local count = redis.call('BITCOUNT', KEYS[1])
redis.call('UNLINK', KEYS[1])
return count
