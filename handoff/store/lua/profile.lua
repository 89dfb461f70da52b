-- Reads the profile that a contact belongs to, merges followed.
-- KEYS  profile of the contact
-- ARGV  contact id, what the keys of profiles begin with (they share the hash tag of KEYS)
-- Returns {id, state, version}; state and version are missing when nothing was written.
local id, at, seen = ARGV[1], KEYS[1], {}
while true do
  local state, version, into = unpack(redis.call('HMGET', at, 'state', 'version', 'into'))
  seen[id] = true
  if not into or into == '' or seen[into] then return {id, state, version} end
  id, at = into, ARGV[2] .. into
end
