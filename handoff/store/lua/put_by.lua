-- Keeps something to be said later, unless something is kept under its name.
-- KEYS  later, bodies
-- ARGV  name, body, ms at which it is due
-- Returns 1, or 0 when the name is taken.
if redis.call('HSETNX', KEYS[2], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
return 1
