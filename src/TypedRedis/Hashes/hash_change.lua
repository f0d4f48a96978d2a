-- Changes an entity whose model has indexes or a concurrency token, or under a condition. Where the indexes stand in the entity's slot, and on a single server,
-- it changes them in the same step (phase 'atomic'). Elsewhere the caller announces the change ('begin'), claims the new entries of the indexes, changes the
-- entity ('commit') and gives up the old entries. The keys of indexes are not among KEYS: which ones an entity leaves only the entity itself knows.
-- On a cluster, where the indexes stand in the entity's slot, phase 'slot' is 'atomic' with the new keys of indexes among KEYS: while a slot moves, its keys are on two
-- nodes, and only for declared keys the server says so. Other keys that are needed and seem to be absent are answered, to be declared as well.
-- KEYS[1] entity; 'slot': further ones
-- ARGV[1] phase: 'atomic', 'slot', 'begin' or 'commit'
-- ARGV[2] 'insert' (only if absent), 'update' (only if present), 'upsert', 'patch', 'increment' or 'delete'
-- ARGV[3] the field that every entity has
-- ARGV[4] expiry: milliseconds, 0 = leave it as it is, -1 = none; of a delete: 'skip' = what is no entity is left alone without an error
-- ARGV[5] the context's prefix
-- ARGV[6] the caller's token, ARGV[7] how long its announcement stands, in milliseconds; 'atomic': '' and 0
-- ARGV[8] by how many percent of the expiry the keys of indexes outlive the entity
-- ARGV[9…12] how many conditions, fields to set, fields to remove; how many of the first to set are counters, which are written only where there is no value
-- ARGV[13] the new entries of the indexes, lines without token; ARGV[14] the indexes that are changed: '*', or newline-separated with one at each end;
--   'increment': their entries are made here; '!' = all, and entries are put in that the entity says it is in, too
-- ARGV[15] the field of the concurrency token or '', ARGV[16] its next value: '+1', '+1 int' (behind the largest of 32 bits comes the least) or text
-- ARGV[17], ARGV[18] 'increment': least and largest value or ''; 'patch': ARGV[17] a field whose value before is returned, or ''; whole writes: ARGV[17] indexes
--   that have a counter, which keeps its value: newline, index, tab, field, …
-- ARGV[19] 'commit': the times that 'begin' answered
-- ARGV[20…] conditions: field, '=value', '-' for absent or '?value' for one of both, where the field '_#' is how many fields there are that do not begin with '_';
--   fields to set: field, value; fields to remove
-- Reply: 'absent', 'exists', 'foreign' (a hash that is no entity); 'guard', position of the condition from 1, value; 'clash', key of the index, entity that has it; 'wait', milliseconds;
--   'go', entries of the entity, those that it will have, times for the keys of indexes; 'lost' (the announcement does not stand any more);
--   'type', key of an index, what it should hold; 'keys', …: call again with them among KEYS;
--   'done', result, entries to give up, the value asked for. Result: 'insert', 'upsert': 1 if created; 'increment': the new value, and in place of the value asked for 1
--   if the indexes have to be told first how long the entity lives, so that it has not got the whole time; else 1.
--   Errors: WRONGTYPE, OVERFLOW, NOTINTEGER; nothing is changed by them.
-- O(fields + entries * log(size of the index))
--#include "index_entries.lua"
--#include "hash_counter.lua"
--#include "hash_replace.lua"
local slot = ARGV[1] == 'slot'
local entity, phase, op, presence, expiry, prefix, token = KEYS[1], slot and 'atomic' or ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
if expiry == 'skip' and redis.call('TYPE', entity).ok ~= 'hash' then return { 'absent' } end

local found = redis.call('HMGET', entity, presence, '_ix', '_iu', '_in')
local present = found[1]
if not present and op ~= 'patch' and op ~= 'increment' and redis.call('HLEN', entity) > (found[4] and 1 or 0) then
  return { expiry == 'skip' and 'absent' or 'foreign' }
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

local function count_own()
  local count, names = 0, redis.call('HKEYS', entity)
  for i = 1, #names do
    if string.sub(names[i], 1, 1) ~= '_' then count = count + 1 end
  end
  return text_of(count)
end

local next = 20
for i = 1, tonumber(ARGV[9]) do
  local value = present and (ARGV[next] == '_#' and count_own() or redis.call('HGET', entity, ARGV[next]))
  if present and not holds(ARGV[next + 1], value) then return refuse('guard', i, value) end
  next = next + 2
end
local sets, removals = next, next + 2 * tonumber(ARGV[10])

local value, counter
if op == 'increment' then
  local refused
  counter = redis.call('HGET', entity, ARGV[sets])
  value, refused = add(entity, ARGV[sets], ARGV[sets + 1], ARGV[17], ARGV[18])
  if refused then return refused end
end

-- The entries before and after.
local old, olds = entries(found[2])
local whole = op == 'insert' or op == 'update' or op == 'upsert'
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
  for entry in string.gmatch(ARGV[13], '[^\n]+') do
    local _, at = string.find(whole and present and ARGV[17] or '', '\n' .. index_of(entry) .. '\t', 1, true)
    local stands = at and redis.call('HGET', entity, string.match(ARGV[17], '^[^\n]*', at + 1))
    enter(stands and counted(entry, stands) or entry)
  end
  if ARGV[14] ~= '*' and not forced then
    for i = 1, #olds do
      local entry = olds[i]
      if not string.find(ARGV[14], '\n' .. index_of(entry) .. '\n', 1, true) then enter(entry)
      elseif value then enter(counted(entry, value))
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
local score, till, refresh, late
if #news > 0 and ttl then
  score, till = string.match(found[3] or '', '^(%d+) (%d+)$')
  score, till = tonumber(score), tonumber(till)
  refresh = not score or now + ttl < score or now + ttl + tonumber(ARGV[7]) > till     -- the commit comes later, up to the announcement's time
  if refresh and phase == 'commit' and ARGV[19] ~= '' then
    score, till = string.match(ARGV[19], '^(%d+) (%d+)$')
    score, till = tonumber(score), tonumber(till)
  elseif refresh and phase == 'begin' and op == 'increment' then
    expiry, refresh, late = till and now + ttl > till and text_of(math.max(till - now, 1)) or '0', false, 1
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
  return { 'go', found[2] or '', table.concat(news, '\n'), times or '' }
end

-- Everything is looked at before anything is changed.
local fresh = {}
if phase == 'atomic' then
  local declared, undeclared, wrong = {}, {}, nil
  for i = 1, #KEYS do declared[KEYS[i]] = true end
  local function need(key)
    if not slot or declared[key] or redis.pcall('EXISTS', key) == 1 then return end
    declared[key] = true
    undeclared[#undeclared + 1] = key
  end
  local function look(command, key)
    need(prefix .. key)
    local reply = redis.pcall(command, prefix .. key)
    if type(reply) == 'table' and reply.err then
      if not string.find(reply.err, 'WRONGTYPE', 1, true) then return false end     -- on another node, so that it is needed
      wrong = wrong or { 'type', key, command == 'GET' and 'string' or 'zset' }
      return false
    end
    return reply
  end
  local function look_at_set(key, times)
    local count = look('ZCARD', key)
    if times then look('ZCARD', key .. '{}x') end
    return count == 0
  end
  for i = 1, #olds do
    local kind, key = parse(olds[i])
    if not new[olds[i]] or forced then
      if kind == 'U' then look('GET', key) else look_at_set(key, found[3]) end
    end
  end
  local clash
  for i = 1, #news do
    local entry = news[i]
    local kind, key = parse(entry)
    if forced or refresh or not old[entry] then
      if kind == 'U' then
        local holder = look('GET', key)
        holder = holder and holder_of(holder)
        if holder and prefix .. holder ~= entity then
          need(prefix .. holder)
          if has(prefix .. holder, entry) then clash = clash or { 'clash', key, holder } end
        end
      else
        fresh[key] = look_at_set(key, score)
      end
    end
  end
  local refused = wrong or #undeclared > 0 and { 'keys', unpack(undeclared) } or clash
  if refused then
    if counter then redis.call('HSET', entity, ARGV[sets], counter) elseif value then redis.call('HDEL', entity, ARGV[sets]) end
    return refused
  end
end

-- The entity.
local result, before = 1, nil
local stays = owner and owner ~= token     -- somebody else's announcement
local function advance()
  if not present or ARGV[15] == '' then return end
  local following = ARGV[16]
  if string.sub(following, 1, 2) == '+1' then
    if redis.call('HINCRBY', entity, ARGV[15], 1) ~= 2147483648 or following == '+1' then return end
    following = '-2147483648'
  end
  redis.call('HSET', entity, ARGV[15], following)
end
if op == 'delete' then
  redis.call('UNLINK', entity)     -- somebody's announcement too: it begins anew
elseif op == 'patch' then
  if ARGV[17] ~= '' then before = redis.call('HGET', entity, ARGV[17]) end
  advance()     -- first: of what is no number it is refused, and nothing is changed
  if removals > sets then redis.call('HSET', entity, unpack(ARGV, sets, removals - 1)) end
  if removals <= #ARGV then redis.call('HDEL', entity, unpack(ARGV, removals)) end
  if owner == token then redis.call('HDEL', entity, '_in') end
elseif op == 'increment' then
  result, before = value, late
else
  replace(entity, present, sets, removals - 1, tonumber(ARGV[12]), { _ix = true, _iu = true, _in = stays })
  if op ~= 'update' then result = present and 0 or 1 end
end

if op ~= 'delete' then
  if whole then advance() end
  if changed or whole then
    local text = {}
    for i = 1, #news do text[i] = news[i] .. (not forced and old[news[i]] or token) end
    if #news > 0 then redis.call('HSET', entity, '_ix', table.concat(text, '\n')) elseif found[2] then redis.call('HDEL', entity, '_ix') end
  end
  if times then
    if times ~= found[3] or whole then redis.call('HSET', entity, '_iu', times) end
  elseif found[3] then redis.call('HDEL', entity, '_iu') end
  if whole then
    if ttl then redis.call('PEXPIRE', entity, text_of(ttl)) else redis.call('PERSIST', entity) end
  elseif expiry == '-1' then redis.call('PERSIST', entity)
  elseif expiry ~= '0' then redis.call('PEXPIRE', entity, expiry) end
end

-- The indexes.
local own = string.sub(entity, #prefix + 1)
local released = {}
if phase == 'atomic' then     -- before the old ones: a set that became empty would be gone, and could not be made anew while its slot moves
  for i = 1, #news do
    local entry = news[i]
    local put_in = forced or not old[entry]
    if put_in or refresh then
      local _, key = parse(entry)
      put(prefix, own, entry, not forced and old[entry] or '', put_in, fresh[key], score, till, now, not slot)
    end
  end
end
for i = 1, #olds do
  local entry = olds[i]
  if not new[entry] or forced and old[entry] ~= token then
    local kind, key, order = parse(entry)
    if phase ~= 'atomic' then released[#released + 1] = entry .. old[entry]
    elseif kind == 'U' then
      local holder = not new[entry] and redis.call('GET', prefix .. key)
      if holder and holder_of(holder) == own then redis.call('DEL', prefix .. key) end
    else
      redis.call('ZREM', prefix .. key, order .. own .. '{}' .. old[entry])
      if found[3] then redis.call('ZREM', prefix .. key .. '{}x', order .. own .. '{}' .. old[entry]) end
    end
  end
end
return { 'done', result, table.concat(released, '\n'), before }
