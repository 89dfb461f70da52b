-- Writes a conversation and appends entries in one step, if nothing moved since it was read.
-- KEYS  record, log, seen, ready, queue, assigned, sending, outgoing, outbox
-- ARGV  id, now, channel, once key ('' for none), once digest, expected version, version, cursor,
--       state ('' when the conversation did not change), queue score ('' when it does not wait),
--       agent id ('' when no agent has it), 1 if an agent attends, 1 if its customer has ended it,
--       1 if the last entry is work, 1 if the desk's lists changed,
--       places (from 1) of the entries that are to be sent, with blanks between, entry, ...
-- Returns {outcome, seq}; outcome is new, repeated, reused, stale or missing.
-- uses  due
local id, now = ARGV[1], ARGV[2]
local once = ARGV[4]
if once ~= '' then
  local seen = redis.call('HGET', KEYS[3], once)
  if seen then
    local seq, digest = string.match(seen, '^(%d+):(.*)$')
    if digest ~= ARGV[5] then return {'reused', 0} end
    return {'repeated', tonumber(seq)}
  end
end

local kept = redis.call('HMGET', KEYS[1], 'version', 'cursor', 'inbound')
if not kept[1] then return {'missing', 0} end
if kept[1] ~= ARGV[6] then return {'stale', 0} end

local seq
for i = 17, #ARGV do
  seq = redis.call('RPUSH', KEYS[2], ARGV[i])
end
seq = seq or redis.call('LLEN', KEYS[2])
if once ~= '' then redis.call('HSET', KEYS[3], once, seq .. ':' .. ARGV[5]) end

local inbound = tonumber(kept[3])
if ARGV[14] == '1' and #ARGV >= 17 then
  inbound = seq
  redis.call('HSET', KEYS[1], 'inbound', seq)
end
if ARGV[9] ~= '' then
  redis.call('HSET', KEYS[1], 'state', ARGV[9], 'version', ARGV[7], 'cursor', ARGV[8],
    'attended', ARGV[12], 'ended', ARGV[13])
  if ARGV[10] ~= '' then redis.call('ZADD', KEYS[5], ARGV[10], id) else redis.call('ZREM', KEYS[5], id) end
  if ARGV[11] ~= '' then redis.call('HSET', KEYS[6], id, ARGV[11]) else redis.call('HDEL', KEYS[6], id) end
end

-- Moving the cursor is the worker's commit: it ends the lease. Anybody else's commit leaves a lease alone.
local has_work = inbound > tonumber(ARGV[8])
if not has_work then
  redis.call('ZREM', KEYS[4], id)
elseif ARGV[8] ~= kept[2] then
  redis.call('ZADD', KEYS[4], now, id)
else
  redis.call('ZADD', KEYS[4], 'NX', now, id)
end

local wakes = has_work and 1 or 0
if ARGV[16] ~= '' then
  local before, seqs = seq - (#ARGV - 16), {}
  for place in string.gmatch(ARGV[16], '%d+') do seqs[#seqs + 1] = before + place end
  make_due(KEYS[7], KEYS[8], KEYS[9], id, now, seqs)
  wakes = wakes + 2
end
redis.call('PUBLISH', ARGV[3], seq .. ' ' .. ARGV[15] .. ' ' .. wakes .. ' - ' .. id)
return {'new', seq}
