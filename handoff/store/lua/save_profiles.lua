-- Writes profiles and their proofs in one step, if none of them changed since it was read.
-- KEYS  proofs, profile, ...
-- ARGV  for each profile: id, expected version (0 for a new one), state, id of the one it is merged into or '',
--       proofs it gives up and proofs it has (JSON lists)
-- Returns 1, or 0 when one of them changed.
for i = 2, #KEYS do
  if (redis.call('HGET', KEYS[i], 'version') or '0') ~= ARGV[(i - 2) * 6 + 2] then return 0 end
end
for i = 2, #KEYS do
  local id, expected, state, into, given_up = unpack(ARGV, (i - 2) * 6 + 1, (i - 2) * 6 + 5)
  redis.call('HSET', KEYS[i], 'state', state, 'version', expected + 1, 'into', into)
  for _, proof in ipairs(cjson.decode(given_up)) do
    if redis.call('HGET', KEYS[1], proof) == id then redis.call('HDEL', KEYS[1], proof) end
  end
end
-- Only now, so that a proof can pass from one of them to another.
for i = 2, #KEYS do
  for _, proof in ipairs(cjson.decode(ARGV[(i - 2) * 6 + 6])) do
    redis.call('HSETNX', KEYS[1], proof, ARGV[(i - 2) * 6 + 1])
  end
end
return 1
