-- The error of a first command on a key: where that is of another type, it names the key by its position from 0, and the type that it should have where that is not the model's.
local function wrong(reply, position, type)
  return string.find(reply.err, 'WRONGTYPE', 1, true) and redis.error_reply('WRONGTYPE ' .. position .. (type and ' ' .. type or '')) or reply
end
