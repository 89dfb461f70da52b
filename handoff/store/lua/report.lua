-- Notes what the platform tells of a message that was sent.
-- KEYS  record, log, outbox, sending, outgoing, parts, ids, delivered, early, dead
-- ARGV  id, now, channel, the platform's id, rank, statuses by rank, start of the DELIVERY entry, its facts,
--       seq ('' when the platform does not tell), part, how many early reports are kept
-- Returns 1, or 0 when it says nothing new or no such message is known (yet).
-- uses  tell
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local id, now, message, rank = ARGV[1], ARGV[2], ARGV[4], tonumber(ARGV[5])
local sent = redis.call('HMGET', KEYS[4], 'cursor', 'held')
local cursor = tonumber(sent[1] or 0)
local known = redis.call('HGET', KEYS[7], message)
local seq, part, went_out

if known then
  seq, part = string.match(known, '^(%d+)%.(%d+)$')
  if not seq then return 0 end
  seq, part = tonumber(seq), tonumber(part)
elseif ARGV[9] ~= '' then
  local place, number = tonumber(ARGV[9]), tonumber(ARGV[10])
  local told, ranks = ranks_of(KEYS[8], place)
  went_out = ARGV[9] == redis.call('LINDEX', KEYS[5], 0) and number == redis.call('LLEN', KEYS[6])
  if went_out then
    redis.call('RPUSH', KEYS[6], message)
    redis.call('HSET', KEYS[4], 'tries', 0, 'doubt', 0)
    redis.call('HSET', KEYS[8], place, told .. ':' .. with_rank(ranks, number, 1))
  end
  if went_out or number < #ranks then
    seq, part = place, number
    redis.call('HSET', KEYS[7], message, seq .. '.' .. part)
  end
end
if not seq then
  local early = cjson.encode({message, ARGV[5], ARGV[7], ARGV[8]})
  redis.call('LREM', KEYS[9], 0, early)
  redis.call('LPUSH', KEYS[9], early)
  redis.call('LTRIM', KEYS[9], 0, ARGV[11] - 1)
  return 0
end

local told, ranks = ranks_of(KEYS[8], seq)
local news = rank > tonumber(string.sub(ranks, part + 1, part + 1))
local appended = false
if news then
  ranks = with_rank(ranks, part, rank)
  if seq > cursor then
    redis.call('HSET', KEYS[8], seq, told .. ':' .. ranks, seq .. '.' .. part, cjson.encode({ARGV[7], ARGV[8]}))
  else
    local words, failed = statuses(ARGV[6])
    appended = tell({log = KEYS[2], delivered = KEYS[8], dead = KEYS[10]},
      id, now, seq, told, ranks, words, failed, ARGV[7], ARGV[8])
  end
end

local wakes = 0
if went_out and sent[2] == '0' then -- nobody is at it: what had been put off can go on
  redis.call('ZADD', KEYS[3], 'XX', now, id)
  wakes = 2
end
if appended or wakes > 0 then
  redis.call('PUBLISH', ARGV[3], redis.call('LLEN', KEYS[2]) .. ' 0 ' .. wakes .. ' - ' .. id)
end
return (news or went_out) and 1 or 0
