-- Records the schemas of models, unless somebody else has recorded any of them since they were read.
-- KEYS[1] the records
-- ARGV[1…] model, what was read of it or '', the new record, …
-- Reply: 1 if they were recorded, else 0.
-- O(models)
for i = 1, #ARGV, 3 do
  if (redis.call('HGET', KEYS[1], ARGV[i]) or '') ~= ARGV[i + 1] then return 0 end
end
for i = 1, #ARGV, 3 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2]) end
return 1
