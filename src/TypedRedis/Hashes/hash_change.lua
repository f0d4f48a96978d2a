-- Changes an entity whose model has indexes or a concurrency token, or under a condition. Where the indexes stand in the entity's slot, and on a single server,
-- it changes them in the same step (phase 'atomic'). Elsewhere the caller announces the change ('begin'), claims the new entries of the indexes, changes the
-- entity ('commit') and gives up the old entries. The keys of indexes are not among KEYS: which ones an entity leaves only the entity itself knows.
-- KEYS[1] entity
-- ARGV[1] phase: 'atomic', 'begin' or 'commit'
-- ARGV[2] 'insert' (only if absent), 'update' (only if present), 'upsert', 'patch', 'increment' or 'delete'
-- ARGV[3] the field that every entity has
-- ARGV[4] expiry: milliseconds, 0 = leave it as it is, -1 = none; of a delete: 'skip' = what is no entity is left alone without an error
-- ARGV[5] the context's prefix
-- ARGV[6] the caller's token, ARGV[7] how long its announcement stands, in milliseconds; 'atomic': '' and 0
-- ARGV[8] by how many percent of the expiry the keys of indexes outlive the entity
-- ARGV[9…12] how many conditions, fields to set, fields to remove; how many of the first to set are counters, which are written only where there is no value
-- ARGV[13] the new entries of the indexes, lines without token; ARGV[14] the indexes that are changed: '*', or newline-separated with one at each end;
--   'increment': their entries are made here; '!' = all, and entries are put in that the entity says it is in, too
-- ARGV[15] the field of the concurrency token or '', ARGV[16] its next value: '+1' or text
-- ARGV[17], ARGV[18] 'increment': least and largest value or ''; 'patch': ARGV[17] a field whose value before is returned, or ''
-- ARGV[19] 'commit': the times that 'begin' answered
-- ARGV[20…] conditions: field, '=value', '-' for absent or '?value' for one of both; fields to set: field, value; fields to remove
-- Reply: 'absent', 'exists'; 'guard', position of the condition from 1, value; 'clash', key of the index, entity that has it; 'wait', milliseconds;
--   'go', entries of the entity, times for the keys of indexes; 'lost' (the announcement does not stand any more);
--   'done', result, entries to give up, the value asked for. Result: 'insert', 'upsert': 1 if created; 'increment': the new value; else 1.
--   Errors: WRONGTYPE, FOREIGN, OVERFLOW, NOTINTEGER; nothing is changed by them.
-- O(fields + entries * log(size of the index))
--#include "index_entries.lua"
--#include "hash_counter.lua"
local entity, phase, op, presence, expiry, prefix, token = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
if expiry == 'skip' and redis.call('TYPE', entity).ok ~= 'hash' then return { 'absent' } end

local found = redis.call('HMGET', entity, presence, '_ix', '_iu', '_in')
local present = found[1]
if not present and not found[4] and op ~= 'patch' and op ~= 'increment' and redis.call('EXISTS', entity) == 1 then
  return expiry == 'skip' and { 'absent' } or redis.error_reply('FOREIGN the hash is no entity')
end

-- An announcement in an entity outlives neither its time nor the entity's.
local now = milliseconds()
local owner, deadline = string.match(found[4] or '', '^(%S*) (%d+)$')
if owner and tonumber(deadline) <= now then owner = nil end
if phase == 'commit' and owner ~= token then return { 'lost' } end
local function refuse(...)
  if phase == 'commit' then redis.call('HDEL', entity, '_in') end
  return { ... }
end

local function holds(condition, value)
  local mark = string.sub(condition, 1, 1)
  if not value then return mark ~= '=' end
  return mark ~= '-' and string.sub(condition, 2) == value
end

if op == 'insert' then
  if present then return refuse('exists') end
elseif op ~= 'upsert' and not present then
  return refuse('absent')
end

local next = 20
for i = 1, tonumber(ARGV[9]) do
  local value = present and redis.call('HGET', entity, ARGV[next])
  if present and not holds(ARGV[next + 1], value) then return refuse('guard', i, value) end
  next = next + 2
end
local sets, removals = next, next + 2 * tonumber(ARGV[10])

local value
if op == 'increment' then
  local refused
  value, refused = add(entity, ARGV[sets], ARGV[sets + 1], ARGV[17], ARGV[18])
  if refused then return refused end
end

-- The entries before and after.
local old, olds = entries(found[2])
local new, news = {}, {}
local forced = ARGV[14] == '!'
local changed = forced
local function enter(entry)
  if not new[entry] then
    new[entry] = true
    news[#news + 1] = entry
    changed = changed or not old[entry]
  end
end
if op ~= 'delete' then
  for entry in string.gmatch(ARGV[13], '[^\n]+') do enter(entry) end
  if ARGV[14] ~= '*' and not forced then
    for i = 1, #olds do
      local entry = olds[i]
      if not string.find(ARGV[14], '\n' .. index_of(entry) .. '\n', 1, true) then enter(entry)
      elseif value then
        local _, key, order = parse(entry)
        if order == '' then
          enter('S' .. string.match(key, '^.*{}:[^:]*:') .. value .. '\t\t')
        else
          local negative, digits = string.match(value, '^(%-?)0*(%d-)$')
          local length = string.format('%02d', #digits)
          if negative == '' then order = '1' .. length .. digits .. '!'
          else order = '0' .. string.gsub(length .. digits, '%d', function(digit) return 9 - digit end) .. '~' end
          enter('S' .. key .. '\t' .. order .. '\t')
        end
      end
    end
  end
end
for i = 1, #olds do changed = changed or not new[olds[i]] end

-- How long the entity lives, and how long the keys of its indexes.
local ttl
if op ~= 'delete' and expiry ~= '-1' then
  if expiry ~= '0' then ttl = tonumber(expiry)
  elseif present then
    local left = redis.call('PTTL', entity)
    if left >= 0 then ttl = math.max(left, 1) end
  end
end
local score, till, refresh
if #news > 0 and ttl then
  score, till = string.match(found[3] or '', '^(%d+) (%d+)$')
  score, till = tonumber(score), tonumber(till)
  refresh = not score or now + ttl < score or now + ttl > till
  if refresh and phase == 'commit' and ARGV[19] ~= '' then
    score, till = string.match(ARGV[19], '^(%d+) (%d+)$')
    score, till = tonumber(score), tonumber(till)
  elseif refresh and phase == 'begin' and op == 'increment' and till then
    expiry, refresh = text_of(math.max(till - now, 1)), false     -- the next read gives it the whole time
  elseif refresh then
    score = now + ttl
    till = expiry_of_keys(score, ttl, ARGV[8], phase)
  end
else
  refresh = found[3] and #news > 0
end
local times = score and text_of(score) .. ' ' .. text_of(till)

if phase == 'begin' and op ~= 'delete' and op ~= 'increment' and (changed or refresh) then
  if owner then return { 'wait', tonumber(deadline) - now } end
  redis.call('HSET', entity, '_in', token .. ' ' .. text_of(now + tonumber(ARGV[7])))
  if not present then redis.call('PEXPIRE', entity, ARGV[7]) end
  return { 'go', found[2] or '', times or '' }
end

-- Everything is looked at before anything is changed.
local fresh = {}
if phase == 'atomic' then
  for i = 1, #news do
    local entry = news[i]
    if forced or not old[entry] then
      local kind, key = parse(entry)
      if kind == 'U' then
        local holder = redis.call('GET', prefix .. key)
        holder = holder and holder_of(holder)
        if holder and prefix .. holder ~= entity and has(prefix .. holder, entry) then return { 'clash', key, holder } end
      else
        fresh[key] = redis.call('EXISTS', prefix .. key) == 0
      end
    end
  end
end

-- The entity.
local result, before = 1, nil
local stays = owner and owner ~= token     -- somebody else's announcement
local function advance()
  if not present or ARGV[15] == '' then return end
  if ARGV[16] == '+1' then redis.call('HINCRBY', entity, ARGV[15], 1) else redis.call('HSET', entity, ARGV[15], ARGV[16]) end
end
if op == 'delete' then
  redis.call('UNLINK', entity)
elseif op == 'patch' then
  if ARGV[17] ~= '' then before = redis.call('HGET', entity, ARGV[17]) end
  advance()     -- first: of what is no number it is refused, and nothing is changed
  if removals > sets then redis.call('HSET', entity, unpack(ARGV, sets, removals - 1)) end
  if removals <= #ARGV then redis.call('HDEL', entity, unpack(ARGV, removals)) end
  if owner == token then redis.call('HDEL', entity, '_in') end
elseif op == 'increment' then
  result = value
else
  local kept = {}
  if present then
    for i = 1, tonumber(ARGV[12]) do kept[i] = redis.call('HGET', entity, ARGV[sets + 2 * i - 2]) end
    redis.call('HSETNX', entity, presence, '')     -- changes nothing, but is refused when memory is full; behind a DEL nothing would be, and the entity gone
  end
  if present or found[4] then redis.call('DEL', entity) end
  redis.call('HSET', entity, unpack(ARGV, sets, removals - 1))
  for i = 1, tonumber(ARGV[12]) do
    if kept[i] then redis.call('HSET', entity, ARGV[sets + 2 * i - 2], kept[i]) end
  end
  if op ~= 'update' then result = present and 0 or 1 end
end

if op == 'delete' then
  if stays then
    redis.call('HSET', entity, '_in', found[4])
    redis.call('PEXPIRE', entity, text_of(tonumber(deadline) - now))
  end
else
  local whole = op ~= 'patch' and op ~= 'increment'
  if whole then advance() end
  if stays and whole then redis.call('HSET', entity, '_in', found[4]) end
  if changed or whole then
    local text = {}
    for i = 1, #news do text[i] = news[i] .. (old[news[i]] or token) end
    if #news > 0 then redis.call('HSET', entity, '_ix', table.concat(text, '\n')) elseif found[2] then redis.call('HDEL', entity, '_ix') end
  end
  if times then
    if times ~= found[3] or whole then redis.call('HSET', entity, '_iu', times) end
  elseif found[3] then redis.call('HDEL', entity, '_iu') end
  if whole then
    if ttl then redis.call('PEXPIRE', entity, text_of(ttl)) end
  elseif expiry == '-1' then redis.call('PERSIST', entity)
  elseif expiry ~= '0' then redis.call('PEXPIRE', entity, expiry) end
end

-- The indexes.
local own = string.sub(entity, #prefix + 1)
local released = {}
for i = 1, #olds do
  local entry = olds[i]
  if not new[entry] then
    local kind, key, order = parse(entry)
    if phase ~= 'atomic' then
      if op ~= 'delete' or not stays then released[#released + 1] = entry .. old[entry] end
    elseif kind == 'U' then
      local holder = redis.call('GET', prefix .. key)
      if holder and holder_of(holder) == own then redis.call('DEL', prefix .. key) end
    else
      redis.call('ZREM', prefix .. key, order .. own .. '{}' .. old[entry])
      if found[3] then redis.call('ZREM', prefix .. key .. '{}x', order .. own .. '{}' .. old[entry]) end
    end
  end
end
if phase == 'atomic' then
  for i = 1, #news do
    local entry = news[i]
    local put_in = forced or not old[entry]
    if put_in or refresh then
      local _, key = parse(entry)
      put(prefix, own, entry, old[entry] or '', put_in, fresh[key], score, till, now)
    end
  end
end
return { 'done', result, table.concat(released, '\n'), before }
