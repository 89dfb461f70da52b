-- Takes what has been due the longest; it is due again when the lease is over.
-- KEYS  later, bodies
-- ARGV  now, length of the lease in ms
-- Returns {name, body}, or nothing.
local name = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, 1)[1]
if not name then return false end
redis.call('ZADD', KEYS[1], ARGV[1] + ARGV[2], name)
return {name, redis.call('HGET', KEYS[2], name)}
