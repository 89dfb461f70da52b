-- Writes what a turn added to a conversation, only if the conversation is still as the turn read it.
--
-- KEYS[1]  the tracker: a list, first its header, then one event each (see tracker_store.py)
-- ARGV[1]  the header the turn read, '' if there was no tracker
-- ARGV[2]  the length of the list the turn read
-- ARGV[3]  'append' or 'replace'
-- ARGV[4]  seconds until the tracker expires, '0' for never
-- ARGV[5…] what to push
--
-- Returns 1 when written, 0 when the conversation has moved on.
local header = redis.call('LINDEX', KEYS[1], 0) or ''
if header ~= ARGV[1] or redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[2]) then
  return 0
end
if ARGV[3] == 'replace' then
  redis.call('DEL', KEYS[1])
end
for place = 5, #ARGV do
  redis.call('RPUSH', KEYS[1], ARGV[place])
end
if ARGV[4] ~= '0' then
  redis.call('EXPIRE', KEYS[1], ARGV[4])
end
return 1
