-- Bits by number, in segments: KEYS of a period from one position on, one per declared segment.

-- Tells where a number's segment is among the declared ones, or nil, and its bit there.
local function segments_of(first, count, size)
  local positions = {}
  for i = 0, count - 1 do positions[tonumber(ARGV[first + i])] = i end
  return function(number)
    local segment = math.floor(number / size)
    return positions[segment], number - segment * size
  end
end

--#include "../Scripting/wrong_type.lua"

-- Marks numbers in all periods. A number whose segment is not declared, and nil, is left out.
-- numbers: what to mark; now; from: position of the first period's first key; periods, count: how many periods, and segments of each
-- first: position of the first until in ARGV; place: see segments_of; size, max: of a segment, and the largest number
-- Returns per number 1 if it was not marked in the first period, else 0; or the error, and nothing is changed.
local function mark(numbers, total, now, from, periods, count, first, place, size, max)
  local fresh, missing = {}, {}
  for i = 1, total do fresh[i] = 0 end
  for p = 0, periods - 1 do
    local stays = ARGV[first + p]
    if stays == '0' or tonumber(stays) > now then
      for i = 1, total do
        local position, bit
        if numbers[i] then position, bit = place(numbers[i]) end
        if position then
          local at = from + p * count + position
          local was = redis.pcall('GETBIT', KEYS[at], bit)
          if type(was) == 'table' then return wrong(was, at - 1) end
          if was == 0 then
            missing[#missing + 1] = { at, numbers[i], bit, stays }
            if p == 0 then fresh[i] = 1 end
          end
        end
      end
    end
  end
  local expired = {}
  for _, one in ipairs(missing) do
    local at, bit = one[1], one[3]
    local key, start = KEYS[at], one[2] - bit
    local full = math.ceil(math.min(size, max + 1 - start) / 8)
    -- As in BitmapCommands.SizeOf.
    if start == 0 and bit < full then full = nil end
--#include "bitmap_set_bit.lua"
    if not expired[at] then
      expire_at(key, one[4], now)
      expired[at] = true
    end
  end
  return fresh, #missing > 0
end
