-- Has key, which is the period i, expire: ARGV[2 + i] is when, in Unix milliseconds; where the caller's clock rules, in how many milliseconds; '0' for never.
if ARGV[2 + i] ~= '0' then
  if ARGV[1] == '' then
    redis.call('PEXPIRE', key, ARGV[2 + i])
  else
    redis.call('PEXPIREAT', key, ARGV[2 + i])
  end
end
