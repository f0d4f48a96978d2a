-- What a member has after a score is added to its own, as text of 17 digits, which give the same number back; nil where it stays as it is; false where a sum cannot be held exactly
-- or at all.
-- largest: of sums of integers the largest, 2^53 or what their type holds, the least one being 1 further from 0 (for 2^53, a double makes that the same); 0 of others
-- before: the score as text, or false where there is none
-- new: what is added
local function sum_of(largest, before, new)
  local old = tonumber(before or 0)
  local sum = old + new
  if largest > 0 and (sum > largest or sum < -largest - 1 or sum - old ~= new or sum - new ~= old) then return false end
  if math.abs(sum) == math.huge then return false end
  if before and sum == old then return nil end
  return string.format('%.17g', sum)
end
