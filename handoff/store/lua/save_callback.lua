-- Writes a callback and takes or frees its place in one step.
-- KEYS  callback, slot it was in, slot it goes to (the same key for a new one or one that stays), by-time,
--       callbacks of the conversation
-- ARGV  id, now, expected version ('' for a new one), version, state, start in ms,
--       ms until which it keeps its place ('' for none, '+inf' for good), places of the slot ('' when not known),
--       1 if it is listed by time
-- Returns {outcome, state, version}; outcome is kept, repeated (already there, as it is), taken, stale or missing.
local id, now = ARGV[1], tonumber(ARGV[2])
local kept = redis.call('HMGET', KEYS[1], 'state', 'version')
if ARGV[3] == '' then
  if kept[1] then return {'repeated', kept[1], kept[2]} end
elseif not kept[1] then
  return {'missing'}
elseif kept[2] ~= ARGV[3] then
  return {'stale'}
end

local keeps_until = ARGV[7]
if keeps_until ~= '' then
  local has = redis.call('ZSCORE', KEYS[3], id)
  -- redis writes an endless score as "inf", which is no number to Lua
  local has_place = has and (has == 'inf' or tonumber(has) > now)
  if not has_place then
    local taken = redis.call('ZCOUNT', KEYS[3], '(' .. ARGV[2], '+inf')
    if ARGV[8] == '' or taken >= tonumber(ARGV[8]) then return {'taken'} end
  end
end

if keeps_until == '' or KEYS[2] ~= KEYS[3] then redis.call('ZREM', KEYS[2], id) end
if keeps_until ~= '' then
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[2])
  redis.call('ZADD', KEYS[3], keeps_until, id)
end
redis.call('HSET', KEYS[1], 'state', ARGV[5], 'version', ARGV[4])
redis.call('ZADD', KEYS[5], ARGV[6], id)
if ARGV[9] == '1' then redis.call('ZADD', KEYS[4], ARGV[6], id) else redis.call('ZREM', KEYS[4], id) end
return {'kept', ARGV[5], ARGV[4]}
