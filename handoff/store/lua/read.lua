-- Reads a stretch of a log together with its end.
-- KEYS  record, log
-- ARGV  seq after which to begin, how many entries at most
-- Returns {last seq, entry, ...}, or nothing when there is no such conversation.
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local page = {redis.call('LLEN', KEYS[2])}
local limit = tonumber(ARGV[2])
if limit < 1 or tonumber(ARGV[1]) >= page[1] then return page end
-- seq n is at index n - 1; in LRANGE the last index is part of the range
for _, entry in ipairs(redis.call('LRANGE', KEYS[2], ARGV[1], math.min(ARGV[1] + limit, page[1]) - 1)) do
  page[#page + 1] = entry
end
return page
