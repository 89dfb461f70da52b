-- What becomes of an entry, by the ranks of its parts, and the DELIVERY entry that says so.

-- Reads "<rank told>:<one digit a part>"; returns the rank and the digits.
local function ranks_of(delivered, seq)
  local told, ranks = string.match(redis.call('HGET', delivered, seq) or '0:', '^(%d):(%d*)$')
  return tonumber(told), ranks
end

-- Puts the rank of a part (counted from 0) in its place, behind the last one too.
local function with_rank(ranks, part, rank)
  return string.sub(ranks, 1, part) .. rank .. string.sub(ranks, part + 2)
end

-- Returns what parts of these ranks come to: failed if one of them failed, else as far as the slowest came.
local function come_to(ranks, failed)
  local slowest
  for digit in string.gmatch(ranks, '%d') do
    local rank = tonumber(digit)
    if rank == failed then return failed end
    slowest = math.min(slowest or rank, rank)
  end
  return slowest or 0
end

-- Keeps the ranks of a settled entry, and appends what they come to if that is more than was told.
-- at    keys: log, delivered, dead
-- words statuses by rank
-- Returns true when an entry was appended.
local function tell(at, id, now, seq, told, ranks, words, failed, head, facts)
  local rank = come_to(ranks, failed)
  if rank <= told then
    redis.call('HSET', at.delivered, seq, told .. ':' .. ranks)
    return false
  end
  local status = '"in_reply_to":' .. seq .. ',"facts":{"status":"' .. words[rank] .. '",'
  local telling = redis.call('RPUSH', at.log, string.sub(head, 1, -2) .. ',' .. status .. string.sub(facts, 2) .. '}')
  redis.call('HSET', at.delivered, seq, rank .. ':' .. ranks)
  if rank == failed then
    redis.call('ZADD', at.dead, now, seq .. ' ' .. id)
    redis.call('HSET', at.delivered, seq .. '.dead', telling)
  elseif told == failed then
    redis.call('ZREM', at.dead, seq .. ' ' .. id)
    redis.call('HDEL', at.delivered, seq .. '.dead')
  end
  return true
end

-- Splits the statuses, lowest rank first; returns them and the rank of the one that is a failure.
local function statuses(said)
  local words, failed = {}, 0
  for word in string.gmatch(said, '%S+') do
    words[#words + 1] = word
    if word == 'failed' then failed = #words end
  end
  return words, failed
end
