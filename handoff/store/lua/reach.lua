-- Finds the identity that one of the ids belongs to, or keeps a new one; the known identity gets the ids it lacks.
-- KEYS  known ids of the channel, identity as it would be kept
-- ARGV  what the keys of identities begin with (they share the hash tag of KEYS), conversation id, channel, contact id,
--       id, ...
-- Returns {conversation id, contact id, ids as JSON}.
local given = {unpack(ARGV, 5)}
local owners = redis.call('HMGET', KEYS[1], unpack(given))
local conversation, at = ARGV[2], KEYS[2]
-- What kind of id it is stands before its first colon; an id without one is of no kind.
local function kind(id) return string.match(id, '^(.-):') end
-- Takes an id from the identity that had it: a number that was given up is its next owner's.
local function take(id, owner)
  local rest = {}
  for _, its in ipairs(cjson.decode(redis.call('HGET', ARGV[1] .. owner, 'ids'))) do
    if its ~= id then rest[#rest + 1] = its end
  end
  redis.call('HSET', ARGV[1] .. owner, 'ids', cjson.encode(rest))
end
if redis.call('EXISTS', at) == 0 then
  for place, owner in ipairs(owners) do
    if owner then
      -- Somebody known by another id of the kind of one that lasts longer is somebody else.
      local other = false
      for _, its in ipairs(cjson.decode(redis.call('HGET', ARGV[1] .. owner, 'ids'))) do
        for better = 1, place - 1 do
          local same = kind(its) and kind(its) == kind(given[better]) and kind(its) ~= kind(given[place])
          other = other or (same and its ~= given[better])
        end
      end
      if not other then
        conversation, at = owner, ARGV[1] .. owner
        break
      end
      take(given[place], owner)
      owners[place] = false
    end
  end
end

local contact, kept = unpack(redis.call('HMGET', at, 'contact', 'ids'))
local ids, has = {}, {}
local function add(id)
  if has[id] then return end
  has[id] = true
  ids[#ids + 1] = id
end
for place, id in ipairs(given) do
  if not owners[place] or owners[place] == conversation then add(id) end
end
for _, id in ipairs(cjson.decode(kept or '[]')) do add(id) end

local now = cjson.encode(ids)
if now ~= kept then
  contact = contact or ARGV[4]
  redis.call('HSET', at, 'channel', ARGV[3], 'contact', contact, 'ids', now)
  for _, id in ipairs(ids) do redis.call('HSET', KEYS[1], id, conversation) end
end
return {conversation, contact, now}
