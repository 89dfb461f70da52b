-- Notes that the platform took the next part of an entry, with what it told of that part already.
-- KEYS  sending, parts, ids, delivered, early
-- ARGV  lease, seq, the platform's id, now
-- Returns 1, or 0 when the lease is over.
-- uses  tell
local kept = redis.call('HMGET', KEYS[1], 'lease', 'heard', 'cursor')
if kept[1] ~= ARGV[1] then return 0 end
local seq, id, heard = tonumber(ARGV[2]), ARGV[3], tonumber(kept[2])
if seq <= tonumber(kept[3]) then return 1 end
local of, known = string.match(redis.call('HGET', KEYS[3], id) or '', '^(%d+)%.(%d+)$')
if of == ARGV[2] and tonumber(known) < heard then return 1 end

redis.call('HSET', KEYS[1], 'heard', heard + 1, 'tries', 0, 'doubt', 0, 'stepped', ARGV[4])
redis.call('HSET', KEYS[3], id, seq .. '.' .. heard)
local told, ranks = ranks_of(KEYS[4], seq)
-- A report may have told of this part already, while its answer was under way.
if redis.call('LLEN', KEYS[2]) == heard then
  redis.call('RPUSH', KEYS[2], id)
  ranks = with_rank(ranks, heard, 1)
end

local early = redis.call('LRANGE', KEYS[5], 0, -1)
for i = #early, 1, -1 do
  local of_id, rank, head, facts = unpack(cjson.decode(early[i]))
  if of_id == id then
    redis.call('LREM', KEYS[5], 1, early[i])
    if tonumber(rank) > tonumber(string.sub(ranks, heard + 1, heard + 1)) then
      ranks = with_rank(ranks, heard, rank)
      redis.call('HSET', KEYS[4], seq .. '.' .. heard, cjson.encode({head, facts}))
    end
  end
end
redis.call('HSET', KEYS[4], seq, told .. ':' .. ranks)
return 1
