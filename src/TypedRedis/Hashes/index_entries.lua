-- What an entity's field _ix says. A line for each entry of an index that the entity is in:
--   U key TAB TAB token          a unique index: the string at the key is 'entity{}token'
--   S key TAB order TAB token    any other: the sorted set at the key has the member 'order entity{}token', all with score 0
-- The key is without the context's prefix. The order is text that sorts like the value, or nothing. The token tells several writers of one entity apart where
-- no step is atomic over its slots; elsewhere it is empty. An entry is named by its line without the token.
-- Where the entity expires, the sorted set at 'key{}x' has the same members by a time, in milliseconds, up to which the entity lives for certain, and _iu has
-- that time and the one up to which the entry's keys live.

-- An entry's kind, key and order.
local function parse(entry) return string.match(entry, '^(.)([^\t]*)\t([^\t]*)\t') end

-- Tokens by entry, and the entries in their order.
local function entries(text)
  local tokens, list = {}, {}
  for line in string.gmatch(text or '', '[^\n]+') do
    local entry, token = string.match(line, '^([^\t]*\t[^\t]*\t)(.*)$')
    if not tokens[entry] then
      tokens[entry] = token
      list[#list + 1] = entry
    end
  end
  return tokens, list
end

-- The entry that takes the place of one of a counter, which is the only member or the last one of its index.
local function counted(entry, value)
  local _, key, order = parse(entry)
  local negative, digits = string.match(value, '^(%-?)0*(%d-)$')
  if not digits then return entry end
  if order == '' then return 'S' .. string.match(key, '^.*{}:[^:]*:') .. value .. '\t\t' end
  local length = string.format('%02d', #digits)
  if negative == '' then order = '1' .. length .. digits .. '!'
  else order = '0' .. string.gsub(length .. digits, '%d', function(digit) return 9 - digit end) .. '~' end
  return 'S' .. key .. '\t' .. order .. '\t'
end

-- The index that an entry is of.
local function index_of(entry) return string.match(entry, '^.*{}:([^:\t]*)') end

-- The entity in a member or in the value of a unique index, and the token; nil of what is neither.
local function holder_of(text) return string.match(text, '^(.*){}([^{}]*)$') end

-- Whether the entity at a key is in an index by an entry; with a token, by that of just this writer.
local function has(key, entry, token)
  local text = redis.pcall('HGET', key, '_ix')
  if type(text) ~= 'string' then return false end
  return string.find('\n' .. text .. '\n', '\n' .. entry .. (token and token .. '\n' or ''), 1, true) ~= nil
end

local function text_of(number) return string.format('%.0f', number) end

local function milliseconds()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The time up to which the keys of indexes live, of an entity that expires at a time: longer, so that not every change of its expiry changes theirs; and where the
-- indexes are changed in steps, never shorter because of how long those take.
local function expiry_of_keys(expires, ttl, percent, phase)
  return expires + math.max(math.floor(ttl * tonumber(percent) / 100), phase == 'atomic' and 1000 or 60000)
end

-- Lets a key of an index live up to a time at least, or for good.
local function keep(key, new, till, now)
  if not till then
    if not new then redis.call('PERSIST', key) end
    return
  end
  local left = new and 0 or redis.call('PTTL', key)
  if left >= 0 and now + left < till then redis.call('PEXPIRE', key, text_of(till - now)) end
end

-- The order, the entity and the token in a member of a sorted set.
local function member_of(member, sorted)
  local order = sorted and string.match(member, '^[^!~]*[!~]') or ''
  local entity, token = holder_of(string.sub(member, #order + 1))
  return order, entity, token
end

-- Tells an entity of a later time that a member of it is given. No member has a later one than _iu says: who shortens the entity's life looks only there.
local function tell(entity, time)
  local score, till = string.match(redis.call('HGET', entity, '_iu') or '', '^(%d+) (%d+)$')
  if score and tonumber(score) < time then
    redis.call('HSET', entity, '_iu', text_of(time) .. ' ' .. text_of(math.max(tonumber(till), time)))
  end
end

-- Takes members out of a sorted set whose entities have expired. Returns how many were looked at.
local function sweep(prefix, key, sorted, now, limit)
  local set, times = prefix .. key, prefix .. key .. '{}x'
  local due = redis.call('ZRANGEBYSCORE', times, '-inf', text_of(now), 'LIMIT', 0, limit)
  for i = 1, #due do
    local order, entity, token = member_of(due[i], sorted)
    local left = entity and has(prefix .. entity, 'S' .. key .. '\t' .. order .. '\t', token) and redis.call('PTTL', prefix .. entity) or -2
    if left >= 0 then
      redis.call('ZADD', times, text_of(now + left + 1), due[i])
      tell(prefix .. entity, now + left + 1)
    elseif left == -1 then redis.call('ZREM', times, due[i])
    else
      redis.call('ZREM', set, due[i])
      redis.call('ZREM', times, due[i])
    end
  end
  return #due
end

-- Puts an entry into its index, or lets the keys of one that is there live as long as they have to.
-- own: the entity without the prefix; new: whether it is to be put in; fresh: whether the sorted set does not exist yet; sweeping: whether other entities may be looked at
local function put(prefix, own, entry, token, new, fresh, score, till, now, sweeping)
  local kind, key, order = parse(entry)
  local full = prefix .. key
  if kind == 'U' then
    if new then redis.call('SET', full, own .. '{}' .. token) end
    keep(full, new, till, now)
    return
  end
  local member = order .. own .. '{}' .. token
  if new then redis.call('ZADD', full, 0, member) end
  keep(full, fresh, till, now)
  if till then
    redis.call('ZADD', full .. '{}x', text_of(score), member)
    local left = redis.call('PTTL', full)     -- the times live as long as what they are of
    if left < 0 then redis.call('PERSIST', full .. '{}x') else redis.call('PEXPIRE', full .. '{}x', text_of(left)) end
    if new and sweeping then sweep(prefix, key, order ~= '', now, 10) end
  else
    redis.pcall('ZREM', full .. '{}x', member)     -- of an earlier life of the entity, if at all
    redis.pcall('PERSIST', full .. '{}x')
  end
end
