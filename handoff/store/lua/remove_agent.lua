-- Forgets an agent with their login, presence and sessions.
-- KEYS  agents, logins, presence, sessions of the agent
-- ARGV  agent id, what the keys of sessions begin with (they share the hash tag of KEYS)
-- Returns 1, or 0 when there is no such agent.
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
local logins = redis.call('HGETALL', KEYS[2])
for i = 1, #logins, 2 do
  if logins[i + 1] == ARGV[1] then redis.call('HDEL', KEYS[2], logins[i]) end
end
redis.call('HDEL', KEYS[3], ARGV[1])
for _, digest in ipairs(redis.call('SMEMBERS', KEYS[4])) do
  redis.call('DEL', ARGV[2] .. digest)
end
redis.call('DEL', KEYS[4])
return 1
