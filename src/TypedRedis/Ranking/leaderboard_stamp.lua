-- Eight bytes that stand before a member, so that of equal scores the one that arrived first is ahead.
-- first: 'high' where the highest score is first, else 'low'
local function stamp(first, number)
  return struct.pack('>I8', first == 'high' and 9007199254740991 - number or number)
end
