-- Leases a ready conversation to one worker and reads what it has to do.
-- KEYS  record, log, ready
-- ARGV  id, now, end of the lease (ms), how many entries at most
-- Returns {state, version, cursor, entry past the cursor, ...}, or nothing when there is no work or a live lease.
local due = redis.call('ZSCORE', KEYS[3], ARGV[1])
if not due or tonumber(due) > tonumber(ARGV[2]) then return false end

local work = redis.call('HMGET', KEYS[1], 'state', 'version', 'cursor')
if not work[1] then
  redis.call('ZREM', KEYS[3], ARGV[1])
  return false
end
redis.call('ZADD', KEYS[3], ARGV[3], ARGV[1])
-- seq n is at index n - 1, so the first entry past the cursor is at the cursor's own number.
for _, entry in ipairs(redis.call('LRANGE', KEYS[2], work[3], work[3] + ARGV[4] - 1)) do
  work[#work + 1] = entry
end
return work
