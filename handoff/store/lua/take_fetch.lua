-- Leases a message with files to fetch.
-- KEYS  record, log, fetches, fetching
-- ARGV  id, seq, now, end of the lease (ms)
-- Returns {state, version, cursor, entry, lease, tries}, or nothing when it is done or there is a live lease.
local member = ARGV[2] .. ' ' .. ARGV[1]
local due = redis.call('ZSCORE', KEYS[3], member)
if not due or tonumber(due) > tonumber(ARGV[3]) then return false end
local kept = redis.call('HMGET', KEYS[1], 'state', 'version', 'cursor')
if not kept[1] then
  redis.call('ZREM', KEYS[3], member)
  return false
end
redis.call('ZADD', KEYS[3], ARGV[4], member)
kept[4] = redis.call('LINDEX', KEYS[2], ARGV[2] - 1)
kept[5] = redis.call('HINCRBY', KEYS[4], ARGV[2] .. '.lease', 1)
kept[6] = tonumber(redis.call('HGET', KEYS[4], ARGV[2] .. '.tries') or 0)
return kept
