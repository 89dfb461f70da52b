-- Strikes a dead letter and appends its copy, to be sent in its turn.
-- KEYS  log, outbox, sending, outgoing, delivered, dead
-- ARGV  id, now, channel, seq, entry
-- Returns the seq of the copy, or 0 when there is no such dead letter.
-- uses  due
if redis.call('ZREM', KEYS[6], ARGV[4] .. ' ' .. ARGV[1]) == 0 then return 0 end
redis.call('HDEL', KEYS[5], ARGV[4] .. '.dead')
local seq = redis.call('RPUSH', KEYS[1], ARGV[5])
make_due(KEYS[3], KEYS[4], KEYS[2], ARGV[1], ARGV[2], {seq})
redis.call('PUBLISH', ARGV[3], seq .. ' 0 2 - ' .. ARGV[1])
return seq
