-- Appends what a customer sent once; a message is the worker's unless an agent attends and it is only typed.
-- KEYS  record, log, seen, ready, fetches, ids
-- ARGV  id, now, channel, once key, once digest, entry, typed or pressed (a message) or noted (never work),
--       the platform's id of it ('' for none), 1 if it has files to fetch
-- Returns {outcome, seq}; outcome is new, repeated, reused (the key came with another digest), missing or ended.
local kept = redis.call('HMGET', KEYS[1], 'version', 'cursor', 'inbound', 'attended', 'pushed', 'ended')
if kept[6] == '1' then return {'ended', 0} end
local seen = redis.call('HGET', KEYS[3], ARGV[4])
if seen then
  local seq, digest = string.match(seen, '^(%d+):(.*)$')
  if digest ~= ARGV[5] then return {'reused', 0} end
  return {'repeated', tonumber(seq)}
end
if not kept[1] then return {'missing', 0} end

local seq = redis.call('RPUSH', KEYS[2], ARGV[6])
redis.call('HSET', KEYS[3], ARGV[4], seq .. ':' .. ARGV[5])
local wakes = 0
if ARGV[7] ~= 'noted' then
  -- Work that waits is dealt with first, and in order, so only an idle conversation is passed over.
  if kept[4] == '1' and ARGV[7] == 'typed' and tonumber(kept[3]) <= tonumber(kept[2]) then
    redis.call('HSET', KEYS[1], 'inbound', seq, 'cursor', seq, 'version', kept[1] + 1)
  else
    redis.call('HSET', KEYS[1], 'inbound', seq)
    -- NX: under a lease the score stays in the future; the commit that ends the lease sees `inbound`.
    redis.call('ZADD', KEYS[4], 'NX', ARGV[2], ARGV[1])
    wakes = 1
  end
end
if kept[5] == '1' and ARGV[8] ~= '' then redis.call('HSET', KEYS[6], ARGV[8], seq) end
if ARGV[9] == '1' then
  redis.call('ZADD', KEYS[5], ARGV[2], seq .. ' ' .. ARGV[1])
  wakes = wakes + 4
end
redis.call('PUBLISH', ARGV[3], seq .. ' 0 ' .. wakes .. ' - ' .. ARGV[1])
return {'new', seq}
