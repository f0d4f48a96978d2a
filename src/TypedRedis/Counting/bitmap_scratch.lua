-- KEYS[1] holds what is computed, until the script ends. Replicas and the append-only file hear nothing of it.
redis.set_repl(redis.REPL_NONE)

-- The length of a segment in bytes, or nil and an error.
local function length_of(i)
  local length = redis.pcall('STRLEN', KEYS[i])
  if type(length) ~= 'table' then return length end
  return nil, string.find(length.err, 'WRONGTYPE', 1, true) and redis.error_reply('WRONGTYPE ' .. i - 1) or length
end
