-- Ends a sender's lease: the rest is due later.
-- KEYS  outbox, sending, outgoing, parts
-- ARGV  id, lease, ms from which the rest is due, 1 to count a try, 1 if the next part was sent without an answer
-- Returns 1, or 0 when the lease was over.
local kept = redis.call('HMGET', KEYS[2], 'lease', 'stepped', 'heard', 'doubt')
if kept[1] ~= ARGV[2] then return 0 end
redis.call('HINCRBY', KEYS[2], 'lease', 1)
redis.call('HSET', KEYS[2], 'held', 0)
if redis.call('EXISTS', KEYS[3]) == 0 then
  redis.call('ZREM', KEYS[1], ARGV[1])
elseif redis.call('LLEN', KEYS[4]) > tonumber(kept[3]) then
  -- Meanwhile a report told that the part did go out: nothing failed, so go on with the next one.
  redis.call('ZADD', KEYS[1], 'XX', kept[2], ARGV[1])
else
  if ARGV[4] == '1' then redis.call('HINCRBY', KEYS[2], 'tries', 1) end
  if ARGV[5] == '1' and (kept[4] or '0') == '0' then redis.call('HSET', KEYS[2], 'doubt', kept[2]) end
  redis.call('ZADD', KEYS[1], 'XX', ARGV[3], ARGV[1])
end
return 1
