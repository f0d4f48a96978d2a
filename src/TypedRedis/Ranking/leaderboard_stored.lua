-- A member as it stands in the window: behind its stamp, where there is a companion, which is KEYS[2]. The error to reply where that is none.
local function stored_of(member, companion)
  if not companion then return member end
  local reply = redis.pcall('HGET', companion, member)
  if type(reply) == 'table' then return string.find(reply.err, 'WRONGTYPE', 1, true) and redis.error_reply('WRONGTYPE 1 hash') or reply end
  return (reply or '') .. member
end
