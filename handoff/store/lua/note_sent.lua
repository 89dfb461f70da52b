-- Remembers an idempotency key for some time; what came first stays.
-- KEYS  sent
-- ARGV  digest, seconds
-- Returns the digest it came with before, or nothing.
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2]) then return false end
return redis.call('GET', KEYS[1])
