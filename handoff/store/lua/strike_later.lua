-- Forgets something that was to be said later.
-- KEYS  later, bodies
-- ARGV  name
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
return 1
