-- Submits scores to all windows of a board.
-- KEYS windows; where ties go by arrival, as many companions (hashes of member and stamp; the field \255 counts arrivals); with a history, that of each member
-- ARGV[1…3] see period_now.lua
-- ARGV[4] 'best', 'lowest', 'latest' or 'sum'
-- ARGV[5] ties by arrival: 'high' where the highest score is first, 'low' where the lowest is; else empty
-- ARGV[6] the largest sum of integers; 0 of others
-- ARGV[7] how many windows
-- ARGV[8] how many entries a history has, or 0; ARGV[9] how long it stays after the last, in milliseconds, or 0; ARGV[10] its time, empty for now
-- ARGV[11] the window whose rank is asked for, from 1, or 0
-- ARGV[12] how long a window lives whose end is empty, in milliseconds; ARGV[13] 1 = from the last submission on, else from the first
-- ARGV[14…] until when each window stays, in Unix milliseconds, 0 for ever, or empty; then per member, none of which stands twice: member, score, and with a history
--   how many scores were submitted, and these
-- Reply: {0, Unix milliseconds} where the windows are not those of the server's time; {1, how many members have another score in any window, rank from 0, score}, without
--   the last two where the member is not in that window; {2, member, window} of a sum that cannot be held. WRONGTYPE with the key's position. Nothing is changed by
--   all but the second.
-- O(windows * members * log(members of the window))
--#include "../Periods/period_now.lua"
--#include "../Scripting/wrong_type.lua"
--#include "leaderboard_settle.lua"
--#include "leaderboard_stamp.lua"
--#include "leaderboard_order.lua"
local now, right = period_now(ARGV[1], ARGV[2], ARGV[3])
if not right then return { 0, now } end
local mode, arrival, largest, windows = ARGV[4], ARGV[5] ~= '' and ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])
local history, ranked = tonumber(ARGV[8]), tonumber(ARGV[11])

-- Where each member stands among the arguments.
local at, count = {}, 0
local next = 14 + windows
while next <= #ARGV do
  count = count + 1
  at[count] = next
  next = next + 2
  if history > 0 then next = next + 1 + ARGV[next] end
end

-- Of member m in window w, at (w - 1) * count + m: the score that it gets, and the stamp that it has.
local afters, stamps = {}, {}
local changes, isNew = {}, {}
for w = 1, windows do
  local ends = ARGV[13 + w]
  if ends == '' or ends == '0' or tonumber(ends) > now then
    changes[w] = 0
    for m = 1, count do
      local i, stored = (w - 1) * count + m, ARGV[at[m]]
      if arrival then
        local reply = redis.pcall('HGET', KEYS[windows + w], stored)
        if type(reply) == 'table' then return wrong(reply, windows + w - 1, 'hash') end
        if reply then
          stamps[i] = reply
          stored = reply .. stored
        end
      end
      local before = redis.pcall('ZSCORE', KEYS[w], stored)
      if type(before) == 'table' then return wrong(before, w - 1) end
      local score = settle(mode, largest, before, ARGV[at[m] + 1])
      if score == false then return { 2, m, w } end
      if score then
        afters[i] = score
        changes[w] = changes[w] + 1
        if not before then isNew[w] = true end
      end
    end
  end
end

local first = #KEYS - count
if history > 0 then
  for m = 1, count do
    local length = redis.pcall('LLEN', KEYS[first + m])
    if type(length) == 'table' then return wrong(length, first + m - 1, 'list') end
  end
end

for w, changed in pairs(changes) do
  local key, companion, ends = KEYS[w], KEYS[windows + w], ARGV[13 + w]
  if changed > 0 and count == 1 and not arrival then
    redis.call('ZADD', key, afters[w], ARGV[at[1]])
  elseif changed > 0 then
    local add, remove, fields = {}, {}, {}
    local number = arrival and redis.call('HINCRBY', companion, '\255', changed) - changed
    for m = 1, count do
      local i, member = (w - 1) * count + m, ARGV[at[m]]
      if afters[i] then
        add[#add + 1] = afters[i]
        if arrival then
          number = number + 1
          if stamps[i] then remove[#remove + 1] = stamps[i] .. member end
          stamps[i] = stamp(arrival, number)
          fields[#fields + 1] = member
          fields[#fields + 1] = stamps[i]
          member = stamps[i] .. member
        end
        add[#add + 1] = member
      end
    end
    redis.call('ZADD', key, unpack(add))
    -- Behind the ZADD: the key must not be gone between two commands.
    if #remove > 0 then redis.call('ZREM', key, unpack(remove)) end
    if arrival then redis.call('HSET', companion, unpack(fields)) end
  end
  if ends == '' then
    if ARGV[13] == '1' or isNew[w] and redis.call('PTTL', key) == -1 then
      redis.call('PEXPIRE', key, ARGV[12])
      if arrival then redis.call('PEXPIRE', companion, ARGV[12]) end
    end
  elseif isNew[w] then
    expire_at(key, ends, now)
    if arrival then expire_at(companion, ends, now) end
  end
end

if history > 0 then
  local time = ARGV[10] ~= '' and ARGV[10] or string.format('%.0f', now)
  for m = 1, count do
    local key, from = KEYS[first + m], at[m] + 2
    local last = from + ARGV[from]
    local entries = {}
    for i = from + 1, last do
      entries[#entries + 1] = ARGV[i] .. ':' .. time
      if #entries == 1000 or i == last then
        redis.call('LPUSH', key, unpack(entries))
        entries = {}
      end
    end
    redis.call('LTRIM', key, 0, history - 1)
    if ARGV[9] ~= '0' then redis.call('PEXPIRE', key, ARGV[9]) end
  end
end

local different = 0
for m = 1, count do
  for w = 1, windows do
    if afters[(w - 1) * count + m] then
      different = different + 1
      break
    end
  end
end
if ranked > 0 and changes[ranked] then
  local stored = (stamps[(ranked - 1) * count + 1] or '') .. ARGV[at[1]]
  local rank = rank_of(mode == 'lowest', KEYS[ranked], stored)
  if rank then return { 1, different, rank, redis.call('ZSCORE', KEYS[ranked], stored) } end
end
return { 1, different }
