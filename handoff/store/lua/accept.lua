-- Appends a customer's message once; the worker has to deal with it unless an agent attends and it is only typed.
-- KEYS  record, log, seen, ready
-- ARGV  id, now, channel, once key, once digest, entry, 1 if a button was pressed
-- Returns {outcome, seq}; outcome is new, repeated, reused (the key came with another digest) or missing.
local seen = redis.call('HGET', KEYS[3], ARGV[4])
if seen then
  local seq, digest = string.match(seen, '^(%d+):(.*)$')
  if digest ~= ARGV[5] then return {'reused', 0} end
  return {'repeated', tonumber(seq)}
end
local kept = redis.call('HMGET', KEYS[1], 'version', 'cursor', 'inbound', 'attended')
if not kept[1] then return {'missing', 0} end

local seq = redis.call('RPUSH', KEYS[2], ARGV[6])
redis.call('HSET', KEYS[3], ARGV[4], seq .. ':' .. ARGV[5])
-- Work that waits is dealt with first, and in order, so only an idle conversation is passed over.
local passed_over = kept[4] == '1' and ARGV[7] == '0' and tonumber(kept[3]) <= tonumber(kept[2])
if passed_over then
  redis.call('HSET', KEYS[1], 'inbound', seq, 'cursor', seq, 'version', kept[1] + 1)
else
  redis.call('HSET', KEYS[1], 'inbound', seq)
  -- NX: under a lease the score stays in the future; the commit that ends the lease sees `inbound`.
  redis.call('ZADD', KEYS[4], 'NX', ARGV[2], ARGV[1])
end
redis.call('PUBLISH', ARGV[3], seq .. ' 0 ' .. (passed_over and 0 or 1) .. ' - ' .. ARGV[1])
return {'new', seq}
