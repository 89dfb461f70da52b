-- Counts an attempt within a window that begins with the first one.
-- KEYS  attempts
-- ARGV  seconds of the window
-- Returns the count.
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return count
