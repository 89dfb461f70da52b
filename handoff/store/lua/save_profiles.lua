-- Writes profiles, and to whom proofs lead, in one step, if nothing of it changed since it was read.
-- KEYS  proofs, profile, ...
-- ARGV  for each profile: expected version (0 for a new one), state, id of the one it is merged into or '';
--       then for each proof: the proof, id of the contact it leads to or '', id of the one it shall lead to or ''
-- Returns 1, or 0 when something changed.
local proofs = (#KEYS - 1) * 3
for i = 2, #KEYS do
  if (redis.call('HGET', KEYS[i], 'version') or '0') ~= ARGV[(i - 2) * 3 + 1] then return 0 end
end
for i = proofs + 1, #ARGV, 3 do
  if (redis.call('HGET', KEYS[1], ARGV[i]) or '') ~= ARGV[i + 1] then return 0 end
end
for i = 2, #KEYS do
  local expected, state, into = unpack(ARGV, (i - 2) * 3 + 1, (i - 2) * 3 + 3)
  redis.call('HSET', KEYS[i], 'state', state, 'version', expected + 1, 'into', into)
end
for i = proofs + 1, #ARGV, 3 do
  if ARGV[i + 2] == '' then
    redis.call('HDEL', KEYS[1], ARGV[i])
  else
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2])
  end
end
return 1
