-- Strikes a dead letter.
-- KEYS  delivered, dead
-- ARGV  id, seq
-- Returns 1, or 0 when there is none.
if redis.call('ZREM', KEYS[2], ARGV[2] .. ' ' .. ARGV[1]) == 0 then return 0 end
redis.call('HDEL', KEYS[1], ARGV[2] .. '.dead')
return 1
