-- Keeps a new agent under an id and a login that nobody has.
-- KEYS  agents, logins
-- ARGV  agent id, login without case, agent
-- Returns kept, or what is taken: id, login.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 'id' end
if redis.call('HSETNX', KEYS[2], ARGV[2], ARGV[1]) == 0 then return 'login' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 'kept'
