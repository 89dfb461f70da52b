-- Keeps a new conversation, or finds the one already kept.
-- KEYS  record, queue, assigned
-- ARGV  id, state, version, cursor, queue score ('' when it does not wait), agent id ('' when no agent has it),
--       1 if an agent attends, 1 if its customer has ended it, 1 if Baton sends to its channel
-- Returns {state, version, cursor} as kept.
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1],
    'state', ARGV[2], 'version', ARGV[3], 'cursor', ARGV[4], 'inbound', 0, 'attended', ARGV[7], 'ended', ARGV[8])
  if ARGV[9] == '1' then redis.call('HSET', KEYS[1], 'pushed', 1) end
  if ARGV[5] ~= '' then redis.call('ZADD', KEYS[2], ARGV[5], ARGV[1]) end
  if ARGV[6] ~= '' then redis.call('HSET', KEYS[3], ARGV[1], ARGV[6]) end
end
return redis.call('HMGET', KEYS[1], 'state', 'version', 'cursor')
