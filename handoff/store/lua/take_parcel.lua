-- Leases a conversation with something to send to one sender.
-- KEYS  record, log, outbox, sending, outgoing, parts
-- ARGV  id, now, end of the lease (ms), how many entries at most
-- Returns {state, version, cursor, sending cursor, lease, tries, doubt, {id of a part that went out, ...},
--          {entry past the sending cursor, ...}}, or nothing when nothing is due or there is a live lease.
local due = redis.call('ZSCORE', KEYS[3], ARGV[1])
if not due or tonumber(due) > tonumber(ARGV[2]) then return false end

local kept = redis.call('HMGET', KEYS[1], 'state', 'version', 'cursor')
local sent = redis.call('HMGET', KEYS[4], 'cursor', 'tries', 'doubt')
if not kept[1] or redis.call('EXISTS', KEYS[5]) == 0 then
  redis.call('ZREM', KEYS[3], ARGV[1])
  return false
end
local parts = redis.call('LRANGE', KEYS[6], 0, -1)
local lease = redis.call('HINCRBY', KEYS[4], 'lease', 1)
redis.call('HSET', KEYS[4], 'held', 1, 'stepped', ARGV[2], 'heard', #parts)
redis.call('ZADD', KEYS[3], ARGV[3], ARGV[1])
local entries = redis.call('LRANGE', KEYS[2], sent[1], sent[1] + ARGV[4] - 1)
return {kept[1], kept[2], kept[3], tonumber(sent[1]), lease,
  tonumber(sent[2] or 0), tonumber(sent[3] or 0), parts, entries}
