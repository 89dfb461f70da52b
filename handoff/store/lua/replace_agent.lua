-- Changes an agent; a changed login frees the old one in the same step.
-- KEYS  agents, logins
-- ARGV  agent id, login without case, agent
-- Returns kept, missing or login (the new login is another agent's).
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 'missing' end
local holder = redis.call('HGET', KEYS[2], ARGV[2])
if holder and holder ~= ARGV[1] then return 'login' end

local logins = redis.call('HGETALL', KEYS[2])
for i = 1, #logins, 2 do
  if logins[i + 1] == ARGV[1] then redis.call('HDEL', KEYS[2], logins[i]) end
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 'kept'
