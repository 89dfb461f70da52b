-- Appends a customer's message once and marks the conversation ready for its worker.
-- KEYS  record, log, seen, ready
-- ARGV  id, now, channel, once key, once digest, entry
-- Returns {outcome, seq}; outcome is new, repeated, reused (the key came with another digest) or missing.
local seen = redis.call('HGET', KEYS[3], ARGV[4])
if seen then
  local seq, digest = string.match(seen, '^(%d+):(.*)$')
  if digest ~= ARGV[5] then return {'reused', 0} end
  return {'repeated', tonumber(seq)}
end
if redis.call('EXISTS', KEYS[1]) == 0 then return {'missing', 0} end

local seq = redis.call('RPUSH', KEYS[2], ARGV[6])
redis.call('HSET', KEYS[3], ARGV[4], seq .. ':' .. ARGV[5])
redis.call('HSET', KEYS[1], 'inbound', seq)
-- NX: under a lease the score stays in the future; the commit that ends the lease sees `inbound`.
redis.call('ZADD', KEYS[4], 'NX', ARGV[2], ARGV[1])
redis.call('PUBLISH', ARGV[3], seq .. ' 0 - ' .. ARGV[1])
return {'new', seq}
