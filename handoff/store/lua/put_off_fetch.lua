-- Ends the lease of a message with files to fetch, counting a try.
-- KEYS  fetches, fetching
-- ARGV  id, seq, lease, ms from which it is due
-- Returns 1, or 0 when the lease was over.
if redis.call('HGET', KEYS[2], ARGV[2] .. '.lease') ~= ARGV[3] then return 0 end
redis.call('HINCRBY', KEYS[2], ARGV[2] .. '.lease', 1)
redis.call('HINCRBY', KEYS[2], ARGV[2] .. '.tries', 1)
redis.call('ZADD', KEYS[1], 'XX', ARGV[4], ARGV[2] .. ' ' .. ARGV[1])
return 1
