-- Moves the sending cursor, and tells what became of the entry that it comes to.
-- KEYS  log, outbox, sending, outgoing, parts, delivered, dead
-- ARGV  id, now, channel, lease, seq, 1 if the parcel has no more to send, rank of the report ('' for none),
--       statuses by rank, start of the DELIVERY entry, its facts
-- Returns 1, or 0 when the lease is over, or a failure is no longer true.
-- uses  tell
local id, now, seq, rank = ARGV[1], ARGV[2], tonumber(ARGV[5]), tonumber(ARGV[7])
local words, failed = statuses(ARGV[8])
local kept = redis.call('HMGET', KEYS[3], 'lease', 'cursor', 'heard')
if kept[1] ~= ARGV[4] then return 0 end
if seq <= tonumber(kept[2]) then return 1 end
if rank == failed and redis.call('LLEN', KEYS[5]) > tonumber(kept[3]) then
  -- Meanwhile a report told that the part did go out: the next lease goes on with the one after it.
  redis.call('HINCRBY', KEYS[3], 'lease', 1)
  redis.call('HSET', KEYS[3], 'held', 0)
  redis.call('ZADD', KEYS[2], now, id)
  redis.call('PUBLISH', ARGV[3], redis.call('LLEN', KEYS[1]) .. ' 0 2 - ' .. id)
  return 0
end

redis.call('HSET', KEYS[3], 'cursor', seq, 'stepped', now)
local next_one = redis.call('LINDEX', KEYS[4], 0)
if next_one and tonumber(next_one) <= seq then
  redis.call('HSET', KEYS[3], 'heard', 0, 'tries', 0, 'doubt', 0)
  redis.call('DEL', KEYS[5])
end
while next_one and tonumber(next_one) <= seq do
  redis.call('LPOP', KEYS[4])
  next_one = redis.call('LINDEX', KEYS[4], 0)
end

local appended = false
if rank then
  local told, ranks = ranks_of(KEYS[6], seq)
  local head, facts = ARGV[9], ARGV[10]
  -- The part that could not be sent counts as one that failed.
  if rank == failed or ranks == '' then ranks = ranks .. rank end
  local outcome = come_to(ranks, failed)
  for part = 0, #ranks - 1 do
    local field = seq .. '.' .. part
    local held = redis.call('HGET', KEYS[6], field)
    if held then
      redis.call('HDEL', KEYS[6], field)
      if rank ~= outcome and tonumber(string.sub(ranks, part + 1, part + 1)) == outcome then
        head, facts = unpack(cjson.decode(held))
      end
    end
  end
  appended = tell({log = KEYS[1], delivered = KEYS[6], dead = KEYS[7]},
    id, now, seq, told, ranks, words, failed, head, facts)
end

local wakes = 0
if not next_one then
  redis.call('ZREM', KEYS[2], id)
elseif ARGV[6] == '1' then
  redis.call('ZADD', KEYS[2], now, id)
  wakes = 2
end
if appended or wakes > 0 then
  redis.call('PUBLISH', ARGV[3], redis.call('LLEN', KEYS[1]) .. ' 0 ' .. wakes .. ' - ' .. id)
end
return 1
