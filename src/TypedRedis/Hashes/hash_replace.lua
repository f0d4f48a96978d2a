-- Writes the fields of an entity and removes all others. The key is never gone meanwhile: while its slot moves to another node it could not be made anew, and behind a
-- DEL a server whose memory is full would still refuse the rest.
-- present: whether there is an entity; first, last: fields and values in ARGV; counters: how many of the first are written only where there is no value
-- spared: fields that are not the entity's own
local function replace(key, present, first, last, counters, spared)
  local from = first
  if present then
    for i = 1, counters do
      redis.call('HSETNX', key, ARGV[from], ARGV[from + 1])
      from = from + 2
    end
  end
  if from <= last then redis.call('HSET', key, unpack(ARGV, from, last)) end
  if redis.call('HLEN', key) == (last - first + 1) / 2 then return end
  local kept = spared
  for i = first, last, 2 do kept[ARGV[i]] = true end
  for _, field in ipairs(redis.call('HKEYS', key)) do
    if not kept[field] then redis.call('HDEL', key, field) end
  end
end
