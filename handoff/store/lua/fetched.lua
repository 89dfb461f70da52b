-- Appends what came of a message's files, once.
-- KEYS  log, fetches, fetching
-- ARGV  id, channel, seq, lease, entry
-- Returns 1, or 0 when the lease is over.
if redis.call('HGET', KEYS[3], ARGV[3] .. '.lease') ~= ARGV[4] then return 0 end
local seq = redis.call('RPUSH', KEYS[1], ARGV[5])
redis.call('ZREM', KEYS[2], ARGV[3] .. ' ' .. ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[3] .. '.lease', ARGV[3] .. '.tries')
redis.call('PUBLISH', ARGV[2], seq .. ' 0 0 - ' .. ARGV[1])
return 1
