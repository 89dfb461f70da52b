-- Keeps a desk session and notes it among its agent's.
-- KEYS  session, sessions of the agent
-- ARGV  digest, session, seconds it lasts
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
redis.call('SADD', KEYS[2], ARGV[1])
if redis.call('TTL', KEYS[2]) < tonumber(ARGV[3]) then redis.call('EXPIRE', KEYS[2], ARGV[3]) end
return 1
